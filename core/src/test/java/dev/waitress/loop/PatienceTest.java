package dev.waitress.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PatienceTest {
    private static final int MOST = 50;

    private static Patience trusting(int most) {
        Patience patience = new Patience(most);
        for (int i = 0; i < 100; i++) {
            patience.came(1, MOST - 1);
        }
        return patience;
    }

    @Test
    void growsWhereThingsComeSoon() {
        Patience patience = new Patience(MOST);
        int soon = 0;
        while (patience.nanos() == 0) {
            patience.came(1, MOST - 1);
            soon++;
        }
        assertThat(soon).isBetween(5, 50);
        assertThat(patience.nanos()).isEqualTo(MOST);
    }

    @Test
    void endsWhereTheyDoNot() {
        Patience patience = trusting(MOST);
        patience.came(1, MOST);
        patience.came(1, MOST);
        assertThat(patience.nanos()).isZero();
    }

    @Test
    void outlivesOneDisappointment() {
        Patience patience = trusting(MOST);
        patience.came(1, MOST);
        assertThat(patience.nanos()).isEqualTo(MOST);
    }

    /** Then the processor has enough to do. */
    @Test
    void endsWhereSeveralComeAtOnce() {
        Patience patience = trusting(MOST);
        patience.came(2, 0);
        patience.came(2, 0);
        assertThat(patience.nanos()).isZero();
    }

    @Test
    void isNoneWhereItIsOff() {
        assertThat(trusting(0).nanos()).isZero();
    }
}

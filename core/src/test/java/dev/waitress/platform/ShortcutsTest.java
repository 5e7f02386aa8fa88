package dev.waitress.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ShortcutsTest {
    @AfterEach
    void nameNone() {
        System.clearProperty(Shortcuts.PROPERTY);
    }

    @Test
    void areTakenWhereTheyAreWorthIt() {
        assertThat(Shortcuts.current()).isEqualTo(Shortcuts.USUAL);
    }

    @ParameterizedTest
    @EnumSource
    void canBeNamed(Shortcuts shortcuts) {
        System.setProperty(Shortcuts.PROPERTY, shortcuts.name().toLowerCase(Locale.ROOT));
        assertThat(Shortcuts.current()).isEqualTo(shortcuts);
    }

    @Test
    void areNotThoseThatNobodyKnows() {
        System.setProperty(Shortcuts.PROPERTY, "seldom");
        assertThatIllegalArgumentException().isThrownBy(Shortcuts::current);
    }

    @ParameterizedTest
    @CsvSource({"NEVER, 0, false", "USUAL, 3, true", "ALWAYS, 1, true"})
    void tellWhatIsRememberedAndShared(Shortcuts shortcuts, int times, boolean shared) {
        assertThat(shortcuts.timesUntilRemembered(3)).isEqualTo(times);
        assertThat(shortcuts.shareMemory()).isEqualTo(shared);
    }
}

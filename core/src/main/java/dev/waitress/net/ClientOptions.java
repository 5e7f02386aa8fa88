package dev.waitress.net;

import dev.waitress.settings.ClientOption;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What is set on every TCP socket of a client: no delay, and what {@code socket_options} asks for. */
public final class ClientOptions {
    private record Choice<T>(SocketOption<T> option, T value) {
        void set(SocketChannel client) throws IOException {
            client.setOption(option, value);
        }
    }

    private final List<Choice<?>> choices = new ArrayList<>();

    /**
     * Finds the options of the settings on this system.
     *
     * @throws SettingsException if it has one of them not
     */
    public ClientOptions(Settings settings) {
        choices.add(new Choice<>(StandardSocketOptions.TCP_NODELAY, true));
        List<String> words = settings.get(Setting.SOCKET_OPTIONS);
        if (words.isEmpty()) {
            return;
        }
        try (SocketChannel any = SocketChannel.open()) {
            words.forEach(word -> choices.add(find(ClientOption.of(word), any.supportedOptions())));
        } catch (IOException e) {
            throw new SettingsException("socket_options: no socket to try them on: " + e.getMessage());
        }
    }

    @SuppressWarnings("unchecked") // the type is looked at first
    private static Choice<?> find(ClientOption wanted, Set<SocketOption<?>> supported) {
        for (SocketOption<?> option : supported) {
            if (option.name().equals(wanted.name())) {
                return option.type() == Boolean.class
                        ? new Choice<>((SocketOption<Boolean>) option, wanted.value() != 0)
                        : new Choice<>((SocketOption<Integer>) option, wanted.value());
            }
        }
        throw new SettingsException("socket_options: this system has no " + wanted.name());
    }

    public void set(SocketChannel client) throws IOException {
        for (Choice<?> choice : choices) {
            choice.set(client);
        }
    }
}

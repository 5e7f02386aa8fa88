package dev.waitress.cli;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.Source;
import java.util.List;

/** Every setting with its value and where that comes from. */
final class SettingsReport {
    private SettingsReport() {}

    /**
     * One line for each setting.
     *
     * @param sources of these settings, the strongest first
     */
    static String text(Settings settings, List<Source> sources) {
        StringBuilder report = new StringBuilder();
        for (Setting<?> setting : Setting.textual()) {
            String line = String.format("%-30s = %s", setting.name(), value(setting, settings));
            report.append(settings.isGiven(setting) ? line + "  # " + origin(setting, sources) : line.stripTrailing());
            report.append('\n');
        }
        return report.toString();
    }

    private static String value(Setting<?> setting, Settings settings) {
        if (setting.isSecret()) {
            return settings.isGiven(setting) ? "(not shown)" : "";
        }
        // The default of listen stands for nothing once host, port or a Unix socket is given.
        return Setting.text(setting == Setting.LISTEN ? settings.addresses() : settings.get(setting));
    }

    private static String origin(Setting<?> setting, List<Source> sources) {
        return sources.stream()
                .filter(source -> source.gives(setting))
                .findFirst()
                .orElseThrow()
                .spelling(setting);
    }
}

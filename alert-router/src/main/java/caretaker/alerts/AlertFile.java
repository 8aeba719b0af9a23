package caretaker.alerts;

import caretaker.alerts.config.AlertmanagerConfig;
import caretaker.alerts.template.Limits;
import caretaker.alerts.template.TemplateException;
import caretaker.alerts.template.TemplateFile;
import caretaker.alerts.template.Templates;
import caretaker.chassis.config.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** Alertmanager's configuration with the templates that it names, both read at one time. */
record AlertFile(AlertmanagerConfig config, Templates templates) {

    /**
     * Reads both.
     *
     * @throws ConfigException with everything that is wrong
     */
    static AlertFile load(AlertRouterConfig.Alerting settings, InstantSource clock) {
        Path file = settings.configFile();
        AlertmanagerConfig config = AlertmanagerConfig.load(file, settings.matchers());
        var fallback = settings.fallback();
        if (fallback != null && config.receiver(fallback.receiver()).isEmpty()) {
            throw problem("alerting.fallback.receiver: " + file + " has no receiver '" + fallback.receiver() + "'");
        }
        try {
            Path directory = file.toAbsolutePath().getParent();
            List<TemplateFile> files =
                    TemplateFile.find(directory == null ? Path.of("/") : directory, config.templates());
            return new AlertFile(config, Templates.parse(files, Limits.DEFAULT, clock));
        } catch (IOException e) {
            throw problem(file + ": a template file cannot be read: " + e.getMessage());
        } catch (TemplateException e) {
            throw problem(file + ": templates: " + e.getMessage());
        }
    }

    private static ConfigException problem(String text) {
        return new ConfigException(List.of(text));
    }
}

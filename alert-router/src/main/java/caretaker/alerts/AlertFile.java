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
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Alertmanager's configuration with the templates that it names, both read at one time.
 *
 * @param warnings what is taken and probably a mistake; a message whose template does not work is sent plain
 */
record AlertFile(AlertmanagerConfig config, Templates templates, List<String> warnings) {
    private static final Logger LOGGER = LoggerFactory.getLogger(AlertFile.class);

    /**
     * Reads both, and logs the warnings.
     *
     * @throws ConfigException with everything that is wrong
     */
    static AlertFile load(AlertRouterConfig.Alerting settings, InstantSource clock) {
        Path file = settings.configFile();
        AlertmanagerConfig config = AlertmanagerConfig.load(file, settings.matchers(), settings.retention());
        var fallback = settings.fallback();
        if (fallback != null && config.receiver(fallback.receiver()).isEmpty()) {
            throw problem("alerting.fallback.receiver: " + file + " has no receiver '" + fallback.receiver() + "'");
        }
        for (String name : settings.receivers().keySet()) {
            if (config.receiver(name).isEmpty()) {
                throw problem("alerting.receivers." + name + ": " + file + " has no such receiver");
            }
        }
        try {
            Path directory = file.toAbsolutePath().getParent();
            List<TemplateFile> files =
                    TemplateFile.find(directory == null ? Path.of("/") : directory, config.templates());
            Templates templates = Templates.parse(files, Limits.DEFAULT, clock);
            List<String> warnings = new ArrayList<>(config.warnings());
            warnings.addAll(FileCheck.texts(file, config, templates));
            settings.receivers()
                    .forEach((name, own) -> config.receiver(name)
                            .filter(_ -> Boolean.TRUE.equals(own.slackReplyInThread()))
                            .filter(receiver -> receiver.slacks().stream()
                                    .noneMatch(slack -> slack.appToken().isGiven()))
                            .ifPresent(_ -> warnings.add("alerting.receivers." + name
                                    + ".slack-reply-in-thread has no effect: the receiver has no app_token")));
            warnings.forEach(warning -> LOGGER.atWarn()
                    .addKeyValue("warning", warning)
                    .log("the configuration has what is probably a mistake"));
            return new AlertFile(config, templates, warnings);
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

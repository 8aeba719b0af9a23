package caretaker.alerts;

import caretaker.alerts.config.AlertmanagerConfig;
import caretaker.alerts.config.EmailConfig;
import caretaker.alerts.config.PagerdutyConfig;
import caretaker.alerts.config.Receiver;
import caretaker.alerts.config.SlackConfig;
import caretaker.alerts.routing.MatcherSyntax;
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
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be said of an Alertmanager file before it is used: all that loading it says, and every template in it that
 * cannot be read or calls one that is not there. Sends nothing and reads no secret.
 *
 * @param problems with place and key; with any of them the file does not work
 * @param warnings what is taken and probably a mistake
 * @param contents what is in the file, a line each; empty where there are problems
 */
public record FileCheck(List<String> problems, List<String> warnings, List<String> contents) {
    private static final int MAX_DEPTH = 32;

    public FileCheck {
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
        contents = List.copyOf(contents);
    }

    /** Reads the file, and the template files that it names. */
    public static FileCheck of(Path file, MatcherSyntax syntax) {
        try {
            AlertmanagerConfig config = AlertmanagerConfig.load(file, syntax);
            Path directory = file.toAbsolutePath().getParent();
            List<TemplateFile> files =
                    TemplateFile.find(directory == null ? Path.of("/") : directory, config.templates());
            List<String> problems = texts(file, config, Templates.parse(files, Limits.DEFAULT, InstantSource.system()));
            return new FileCheck(
                    problems, config.warnings(), problems.isEmpty() ? contents(config, files.size()) : List.of());
        } catch (ConfigException e) {
            return failed(e.problems());
        } catch (IOException e) {
            return failed(List.of(file + ": a template file cannot be read: " + e.getMessage()));
        } catch (TemplateException e) {
            return failed(List.of(file + ": templates: " + e.getMessage()));
        }
    }

    /** What is wrong with the templates in the texts of receivers. */
    static List<String> texts(Path file, AlertmanagerConfig config, Templates templates) {
        var texts = new Texts(file, templates);
        config.receivers().forEach(texts::receiver);
        return texts.problems;
    }

    private static FileCheck failed(List<String> problems) {
        return new FileCheck(problems, List.of(), List.of());
    }

    private static List<String> contents(AlertmanagerConfig config, int files) {
        int ways = config.receivers().stream()
                .mapToInt(receiver -> receiver.integrations().size())
                .sum();
        return List.of(
                count(config.receivers().size(), "receiver") + " with " + count(ways, "integration"),
                count(config.inhibitRules().size(), "inhibition rule"),
                count(files, "template file"));
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    /** The templates in the texts of receivers. */
    private static final class Texts {
        private final Path file;
        private final Templates templates;
        private final List<String> problems = new ArrayList<>();
        private String at = "";

        Texts(Path file, Templates templates) {
            this.file = file;
            this.templates = templates;
        }

        void receiver(Receiver receiver) {
            String name = file + ": receiver '" + receiver.name() + "': ";
            for (int i = 0; i < receiver.emails().size(); i++) {
                at = name + "email_configs[" + i + "].";
                email(receiver.emails().get(i));
            }
            for (int i = 0; i < receiver.slacks().size(); i++) {
                at = name + "slack_configs[" + i + "].";
                slack(receiver.slacks().get(i));
            }
            for (int i = 0; i < receiver.pagerduties().size(); i++) {
                at = name + "pagerduty_configs[" + i + "].";
                pagerduty(receiver.pagerduties().get(i));
            }
            for (int i = 0; i < receiver.webhooks().size(); i++) {
                at = name + "webhook_configs[" + i + "].";
                tree("payload", receiver.webhooks().get(i).payload(), 0);
            }
        }

        private void email(EmailConfig email) {
            text("to", email.to());
            text("from", email.from());
            email.headers().forEach((header, text) -> text("headers." + header, text));
            text("text", email.text());
            check("html", email.html(), true);
        }

        private void slack(SlackConfig slack) {
            text("channel", slack.channel());
            text("username", slack.username());
            text("color", slack.color());
            text("message_text", slack.messageText());
            text("icon_emoji", slack.iconEmoji());
            text("icon_url", slack.iconUrl());
            SlackConfig.Attachment attachment = slack.attachment();
            text("title", attachment.title());
            text("title_link", attachment.titleLink());
            text("pretext", attachment.pretext());
            text("text", attachment.text());
            text("fallback", attachment.fallback());
            text("callback_id", attachment.callbackId());
            text("footer", attachment.footer());
            text("image_url", attachment.imageUrl());
            text("thumb_url", attachment.thumbUrl());
            for (SlackConfig.Field field : attachment.fields()) {
                text("fields.title", field.title());
                text("fields.value", field.value());
            }
            for (SlackConfig.Action action : attachment.actions()) {
                text("actions.text", action.text());
                text("actions.url", action.url());
                text("actions.value", action.value());
            }
        }

        private void pagerduty(PagerdutyConfig pagerduty) {
            text("client", pagerduty.client());
            text("client_url", pagerduty.clientUrl());
            text("description", pagerduty.description());
            text("source", pagerduty.source());
            text("severity", pagerduty.severity());
            text("class", pagerduty.eventClass());
            text("component", pagerduty.component());
            text("group", pagerduty.group());
            tree("details", pagerduty.details(), 0);
            for (PagerdutyConfig.Image image : pagerduty.images()) {
                text("images.src", image.src());
                text("images.alt", image.alt());
                text("images.href", image.href());
            }
            for (PagerdutyConfig.Link link : pagerduty.links()) {
                text("links.href", link.href());
                text("links.text", link.text());
            }
        }

        private void tree(String key, @Nullable Object value, int depth) {
            if (depth > MAX_DEPTH) {
                problems.add(at + key + ": nested too deep");
                return;
            }
            switch (value) {
                case String text -> text(key, text);
                case Map<?, ?> map -> map.forEach((name, child) -> tree(key + "." + name, child, depth + 1));
                case List<?> list -> list.forEach(child -> tree(key, child, depth + 1));
                case null, default -> {}
            }
        }

        private void text(String key, String template) {
            check(key, template, false);
        }

        private void check(String key, String template, boolean html) {
            try {
                templates.check(template, html);
            } catch (TemplateException e) {
                problems.add(at + key + ": " + e.getMessage());
            }
        }
    }
}

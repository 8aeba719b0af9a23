package caretaker.alerts.receivers;

import caretaker.alerts.template.TemplateData;
import caretaker.alerts.template.TemplateException;
import caretaker.alerts.template.Templates;
import org.jspecify.annotations.Nullable;

/**
 * Templates run for one message. One that fails gives something else instead, so that a mistake in a template never
 * means silence; the first failure is kept. One thread.
 */
final class Rendering {
    private static final int MAX_ERROR = 500;

    private final Templates templates;
    private final TemplateData data;
    private @Nullable String error;

    Rendering(Templates templates, TemplateData data) {
        this.templates = templates;
        this.data = data;
    }

    TemplateData data() {
        return data;
    }

    String text(String template) {
        return text(template, "");
    }

    String text(String template, String instead) {
        return text(template, instead, data);
    }

    /** With other data, such as without escapes. */
    String text(String template, String instead, TemplateData from) {
        try {
            return templates.text(template, from);
        } catch (TemplateException e) {
            failed(e);
            return instead;
        }
    }

    String html(String template) {
        try {
            return templates.html(template, data);
        } catch (TemplateException e) {
            failed(e);
            return "";
        }
    }

    private void failed(TemplateException e) {
        if (error == null) {
            error = Texts.cut(String.valueOf(e.getMessage()), MAX_ERROR);
        }
    }

    /** The first failure, null if there was none. */
    @Nullable String error() {
        return error;
    }
}

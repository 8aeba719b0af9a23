package caretaker.alerts.template;

import java.io.Serial;

/**
 * A template that cannot be read, cannot be escaped or failed while it ran. The message is Go's where Go has one, such
 * as {@code template: mail.tmpl:3:7: executing "x" at <.Foo>: can't evaluate field Foo in type template.Data}.
 */
public final class TemplateException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final String file;
    private final int line;

    TemplateException(String file, int line, String message) {
        super(message);
        this.file = file;
        this.line = line;
    }

    /** The file or the name of the text, empty for a text without a name. */
    public String file() {
        return file;
    }

    /** From 1; 0 where no line is to blame. */
    public int line() {
        return line;
    }
}

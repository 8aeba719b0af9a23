package caretaker.alerts;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.time.Duration;

/** Mail servers that keep what they get, also on a machine that is busy. */
public final class Mailboxes {
    private static final Duration START = Duration.ofSeconds(60);

    private Mailboxes() {}

    /**
     * Not started yet, on a free port.
     *
     * @param protocol {@code smtp} or {@code smtps}
     */
    public static GreenMail of(String protocol) {
        var setup = new ServerSetup(0, "127.0.0.1", protocol);
        setup.setServerStartupTimeout(START.toMillis());
        return new GreenMail(setup);
    }
}

package caretaker.alerts;

import caretaker.testkit.RunningProgram;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a program listens that was told to take any free port: nobody else can take it in the meantime. */
public final class Listening {
    /** What Prometheus and Alertmanager say when they listen. */
    public static final String PROMETHEUS = "msg=\"Listening on\"";

    private static final Pattern PORT = Pattern.compile("(?:\\bport\\W+|address=\\S+:)(\\d+)");

    private Listening() {}

    /**
     * Waits until it listens.
     *
     * @param line what is in the line of its log that has the port
     */
    public static int port(RunningProgram program, String line, Duration limit) {
        program.awaitLine(line, limit);
        Matcher port = PORT.matcher(program.output().stream()
                .filter(each -> each.contains(line))
                .findFirst()
                .orElseThrow());
        if (!port.find()) {
            throw new AssertionError("no port in the line with " + line);
        }
        return Integer.parseInt(port.group(1));
    }
}

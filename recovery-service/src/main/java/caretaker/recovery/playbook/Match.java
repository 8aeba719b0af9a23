package caretaker.recovery.playbook;

import caretaker.contracts.Condition;
import caretaker.recovery.containers.Labels;
import caretaker.recovery.containers.Sighting;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which failures a playbook is for: all that is said must hold; what is not said holds always.
 *
 * @param conditions names as in health events
 * @param services compose services, or the last word of an image without its tag
 * @param image a regular expression for the whole name of the image
 * @param labels by name a regular expression for the whole value
 * @param exitCodes {@code "1"}, {@code "125-127"}
 * @param gpu whether it was given GPUs or is labelled as a job
 * @param log a regular expression that is in a line of the last 200 of its log
 * @param answer a regular expression that is in what its service answered, as one line of at most 500 characters
 */
public record Match(
        List<String> conditions,
        List<String> services,
        @Nullable String image,
        Map<String, String> labels,
        List<String> exitCodes,
        @Nullable Boolean gpu,
        @Nullable String log,
        @Nullable String answer) {

    private static final int MAX_PATTERN = 1000;
    private static final java.util.regex.Pattern CODES = java.util.regex.Pattern.compile("(\\d{1,3})(?:-(\\d{1,3}))?");

    public Match {
        for (String condition : conditions) {
            if (Condition.ofWire(condition) == null && !condition.equals(OPERATOR)) {
                throw new IllegalArgumentException("unknown condition '" + condition + "'");
            }
        }
        exitCodes.forEach(Match::range);
        if (image != null) {
            pattern(image);
        }
        if (log != null) {
            pattern(log);
        }
        if (answer != null) {
            pattern(answer);
        }
        labels.values().forEach(Match::pattern);
        conditions = List.copyOf(conditions);
        services = List.copyOf(services);
        labels = Map.copyOf(labels);
        exitCodes = List.copyOf(exitCodes);
    }

    /** The condition of what a person asked for. */
    public static final String OPERATOR = "operator";

    private static Pattern pattern(String regex) {
        if (regex.length() > MAX_PATTERN) {
            throw new IllegalArgumentException("a regular expression of more than " + MAX_PATTERN + " characters");
        }
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("bad regular expression: " + e.getMessage(), e);
        }
    }

    private static int[] range(String text) {
        var codes = CODES.matcher(text);
        if (!codes.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no exit code; write \"1\" or \"125-127\"");
        }
        int from = Integer.parseInt(codes.group(1));
        int to = codes.group(2) == null ? from : Integer.parseInt(codes.group(2));
        if (from > to || to > 255) {
            throw new IllegalArgumentException("'" + text + "' is no range of exit codes");
        }
        return new int[] {from, to};
    }

    /**
     * Whether it is for this failure. Without a log, a playbook that asks for a line is for none; so is one that asks
     * for an answer where there is none.
     */
    public boolean fits(String condition, Sighting container, List<String> lines, String answered) {
        return (conditions.isEmpty() || conditions.contains(condition))
                && (services.isEmpty() || services.stream().anyMatch(service -> isService(service, container)))
                && (image == null || pattern(image).matches(container.identity().image()))
                && labels.entrySet().stream().allMatch(label -> {
                    String value = container.labels().get(label.getKey());
                    return value != null && pattern(label.getValue()).matches(value);
                })
                && (exitCodes.isEmpty() || exitCodes.stream().anyMatch(codes -> holds(codes, container)))
                && (gpu == null || gpu == isGpu(container))
                && (log == null
                        || lines.stream()
                                .anyMatch(line -> pattern(log).matcher(line).find()))
                && (answer == null || pattern(answer).matcher(answered).find());
    }

    /** Whether this line of a log is what it is for. */
    public boolean isAbout(String line) {
        return log != null && pattern(log).matcher(line).find();
    }

    private static boolean holds(String codes, Sighting container) {
        int[] range = range(codes);
        return container.state() == Sighting.State.EXITED
                && container.exitCode() >= range[0]
                && container.exitCode() <= range[1];
    }

    private static boolean isGpu(Sighting container) {
        return !container.gpus().isEmpty() || container.labels().containsKey(Labels.JOB);
    }

    /** Whether it is called that: by its compose service, or by the last word of its image without its tag. */
    public static boolean isService(String service, Sighting container) {
        String image = container.identity().image();
        String last = image.substring(image.lastIndexOf('/') + 1).split("[:@]", 2)[0];
        return container.identity().service().equals(service) || last.equals(service);
    }
}

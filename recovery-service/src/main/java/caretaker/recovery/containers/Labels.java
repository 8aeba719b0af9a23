package caretaker.recovery.containers;

import java.util.Locale;
import java.util.Map;

/** The labels by which a container says how it wants to be treated. */
public final class Labels {
    /** Whether it may be repaired at all: yes or no. */
    public static final String RECOVERY = "caretaker.recovery";

    /** Whether it is only told what would be done: yes or no. */
    public static final String DRY_RUN = "caretaker.recovery.dry-run";

    /** Containers of one group are never repaired at the same time: a word. */
    public static final String GROUP = "caretaker.recovery.group";

    /** What it needs besides what compose says: names or services with commas. */
    public static final String DEPENDS_ON = "caretaker.recovery.depends-on";

    /** What it is to Caretaker: {@code kafka}, {@code socket-proxy}, {@code recovery-service}. */
    public static final String ROLE = "caretaker.role";

    /** A job that trains or serves; any value. */
    public static final String JOB = "caretaker.job";

    /** Of a container that was created anew: the operation that made it. */
    public static final String OPERATION = "caretaker.operation";

    /** What compose says that a service needs: {@code db:service_healthy:true,cache:service_started:false}. */
    static final String COMPOSE_DEPENDS_ON = "com.docker.compose.depends_on";

    private Labels() {}

    /** A label that says yes or no. */
    public enum Word {
        ABSENT,
        YES,
        NO,
        /** Neither: nobody may guess what was meant. */
        UNCLEAR
    }

    /** Reads true, false, 1, 0, yes, no, on, off in any case. */
    public static Word word(Map<String, String> labels, String label) {
        String value = labels.get(label);
        if (value == null) {
            return Word.ABSENT;
        }
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on" -> Word.YES;
            case "false", "0", "no", "off" -> Word.NO;
            default -> Word.UNCLEAR;
        };
    }
}

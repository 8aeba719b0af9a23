package caretaker.contracts;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * Somebody works on containers: nothing repairs them meanwhile. It ends by itself, or when its holder removes the
 * record. Several may hold the same containers; each has a record of its own.
 *
 * @param host a {@link WireName}, or {@code *} for every host
 * @param containers a container's key, the first segments of one ({@code research}, {@code research/grafana}), or
 *     {@code *}
 * @param holder {@code backup-service}, {@code user:NAME}
 * @param reason one sentence
 * @param until when it ends; at most {@link #LONGEST} after {@code since}
 */
public record MaintenanceLock(
        String host, String containers, String holder, String reason, Instant since, Instant until) {
    public static final String ALL = "*";

    /** A lock that somebody forgot must not last for ever. */
    public static final Duration LONGEST = Duration.ofDays(7);

    /** UTF-16 units of the reason. */
    public static final int MAX_REASON = 1024;

    private static final Pattern HOLDER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}");

    public MaintenanceLock {
        if (!WireName.isValid(host)) {
            throw new IllegalArgumentException("a lock needs a host");
        }
        if (!containers.equals(ALL)) {
            String[] segments = containers.split("/", -1);
            for (String segment : segments) {
                if (!ContainerIdentity.isName(segment) || segments.length > 3) {
                    throw new IllegalArgumentException("'" + BoundedText.cut(containers, 200) + "' is no container");
                }
            }
        }
        if (!HOLDER.matcher(holder).matches()) {
            throw new IllegalArgumentException("a lock needs a holder");
        }
        if (!until.isAfter(since) || until.isAfter(since.plus(LONGEST))) {
            throw new IllegalArgumentException("a lock ends after it began, and within " + LONGEST.toDays() + " days");
        }
        reason = BoundedText.cut(reason, MAX_REASON);
    }

    /** The key of the record: {@code node-07/research/grafana/1/backup-service}. */
    public String key() {
        return host + "/" + containers + "/" + holder;
    }

    /** Whether it holds this container at this time. */
    public boolean holds(String itsHost, ContainerIdentity container, Instant now) {
        boolean onHost = host.equals(ALL) || host.equals(itsHost);
        boolean inTime = !now.isBefore(since) && now.isBefore(until);
        String key = container.key();
        boolean named = containers.equals(ALL)
                || containers.equals(container.name())
                || (key + "/").startsWith(containers + "/");
        return onHost && inTime && named;
    }
}

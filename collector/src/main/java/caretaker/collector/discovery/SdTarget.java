package caretaker.collector.discovery;

import java.util.SortedMap;

/**
 * One target as Prometheus is told of it.
 *
 * @param kind the list it is in
 * @param target host or address, colon, port; an IPv6 address in brackets
 * @param labels all of them, {@code __metrics_path__} and {@code __scheme__} included
 */
record SdTarget(String kind, String target, SortedMap<String, String> labels) {

    /** Where it is asked; two targets with one place are the same program. */
    String place() {
        return labels.get("__scheme__") + "://" + target + labels.get("__metrics_path__");
    }

    /** What its series have in common; two targets must not share it. */
    String series() {
        return String.join("\n", labels.tailMap("a").values().stream().toList()) + "\n"
                + String.join("\n", labels.tailMap("a").keySet());
    }
}

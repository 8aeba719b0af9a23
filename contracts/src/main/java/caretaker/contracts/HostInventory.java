package caretaker.contracts;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one host has: its GPUs, its containers, and where Prometheus finds metrics on it.
 *
 * <p>The newest record of a host replaces all earlier ones. An agent publishes it when it starts, when something
 * changes, and each {@code interval} as a sign of life: a host whose record is older than that is not sure to have what
 * it says. {@code agentId} and {@code sequence} identify a record, apart from those of the health events.
 *
 * <p>Lists have bounds. What goes beyond them is left out, last ones first, and counted in {@code omitted}. Texts are
 * cut to {@link #MAX_TEXT}.
 *
 * @param host name of the host, the key of the record: a {@link WireName}
 * @param agentId changes with each start of the agent: a {@link WireName}
 * @param sequence counts the inventories of one agent id from 1
 * @param time when it was put together, by the host's clock
 * @param interval until the next record, if nothing changes; from 1 ms to 24 days
 * @param address where the host is reached by Prometheus: a host name or an IP address; empty if it is not
 * @param software versions of driver and agent; null while they are not known
 * @param gpusExpected GPUs that should be in the host, or {@link #UNKNOWN}
 * @param targets what Prometheus is to scrape
 */
public record HostInventory(
        String host,
        String agentId,
        long sequence,
        Instant time,
        Duration interval,
        String address,
        @Nullable HostInfo software,
        int gpusExpected,
        List<Gpu> gpus,
        List<Container> containers,
        List<Target> targets,
        Omitted omitted) {

    /** UTF-16 units of a name, an image, a label's value. */
    public static final int MAX_TEXT = 256;

    /** GPUs of a host. */
    public static final int MAX_GPUS = 256;

    /** Containers of a host. */
    public static final int MAX_CONTAINERS = 500;

    /** Targets of a host. */
    public static final int MAX_TARGETS = 200;

    /** Addresses of a container. */
    public static final int MAX_ADDRESSES = 8;

    /** GPUs of a container; the fullest machines have 16, each cut into at most 7. */
    public static final int MAX_CONTAINER_GPUS = 112;

    /** Labels of a target. */
    public static final int MAX_LABELS = 16;

    /** For a count that nobody has told. */
    public static final int UNKNOWN = -1;

    private static final int MAX_COUNT = 1_000_000;
    private static final Duration MAX_INTERVAL = Duration.ofDays(24);
    private static final Instant FIRST = Instant.EPOCH;
    private static final Instant LAST = Instant.ofEpochMilli(ReadingsCodec.MAX_TIME);
    private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9-]{0,63}");
    private static final Pattern JOB = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,63}");
    private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9._~:@!$&'()*+,;=%/-]{0,255}");
    private static final Pattern LABEL = Pattern.compile("[a-z][a-z0-9_]{0,63}");
    private static final Pattern HOST_NAME = Pattern.compile("(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9])?"
            + "(?:\\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)*");

    /**
     * A GPU that is, or was and should be, in the host.
     *
     * @param index its number for people
     * @param uuid its identity: a {@link WireName}
     * @param name the board's name; as the rest of the texts, empty if nobody has told
     * @param mig whether it is cut into instances
     */
    public record Gpu(int index, String uuid, String name, String pciBusId, String serial, boolean mig) {
        public Gpu {
            if (index < 0 || index > MAX_COUNT || !WireName.isValid(uuid)) {
                throw new IllegalArgumentException("a GPU needs an index and a UUID");
            }
            name = BoundedText.cut(name, MAX_TEXT);
            pciBusId = BoundedText.cut(pciBusId, MAX_TEXT);
            serial = BoundedText.cut(serial, MAX_TEXT);
        }
    }

    /**
     * A container on the host, whether or not it runs.
     *
     * @param id the engine's id of it: a {@link WireName}
     * @param name without the slash that Docker puts before it
     * @param image as it was asked for
     * @param project compose's, with {@code service} and {@code number}; empty and 0 outside of compose
     * @param state the engine's word: running, exited, …; empty if it is not known
     * @param health the engine's word: healthy, unhealthy, starting; empty without a health check
     * @param startedAt null if it never was
     * @param addresses its own IP addresses, none if it uses the host's network
     * @param gpus UUIDs of those it was given, as far as that is known
     */
    public record Container(
            String id,
            String name,
            String image,
            String project,
            String service,
            int number,
            String state,
            String health,
            @Nullable Instant startedAt,
            List<String> addresses,
            List<String> gpus) {

        public Container {
            if (!WireName.isValid(id)) {
                throw new IllegalArgumentException("a container needs an id");
            }
            if (number < 0 || number > MAX_COUNT) {
                throw new IllegalArgumentException("a container's number is " + number);
            }
            if (!(state.isEmpty() || isWord(state)) || !(health.isEmpty() || isWord(health))) {
                throw new IllegalArgumentException("a container's state and health are words of small letters");
            }
            if (startedAt != null && (startedAt.isBefore(FIRST) || startedAt.isAfter(LAST))) {
                throw new IllegalArgumentException("a container started at a time from 1970 to 9999");
            }
            name = BoundedText.cut(name, MAX_TEXT);
            image = BoundedText.cut(image, MAX_TEXT);
            project = BoundedText.cut(project, MAX_TEXT);
            service = BoundedText.cut(service, MAX_TEXT);
            addresses = first(addresses, MAX_ADDRESSES);
            gpus = first(gpus, MAX_CONTAINER_GPUS);
            if (!addresses.stream().allMatch(HostInventory::isIpAddress)) {
                throw new IllegalArgumentException("a container's address is an IP address");
            }
            if (!gpus.stream().allMatch(WireName::isValid)) {
                throw new IllegalArgumentException("a container's GPU is a UUID");
            }
        }
    }

    /**
     * An address at which metrics are to be had.
     *
     * @param kind which list it belongs to: {@link #ML}, {@link #NODE_EXPORTER}, … or a later word
     * @param job Prometheus' label
     * @param address the host's, or one of the container's own
     * @param port from 1 to 65535
     * @param path from a slash on; no query
     * @param labels what is added to each series: {@code model}, {@code dataset}, {@code run}
     * @param containerId empty for what runs on the host itself
     * @param containerName with the id
     */
    public record Target(
            String kind,
            String job,
            String address,
            int port,
            String path,
            Scheme scheme,
            Map<String, String> labels,
            String containerId,
            String containerName) {

        public static final String ML = "ml";
        public static final String NODE_EXPORTER = "node-exporter";
        public static final String CADVISOR = "cadvisor";
        public static final String DCGM_EXPORTER = "dcgm-exporter";

        /** How it is asked. */
        public enum Scheme {
            HTTP,
            HTTPS
        }

        public Target {
            require(isWord(kind), "a target's kind is a word of small letters");
            require(isJob(job), "a target's job is 1 to 64 letters, digits, '_', '.', '-'");
            require(isAddress(address), "a target's address is a host name or an IP address");
            require(isPort(port), "a target's port is from 1 to 65535");
            require(isPath(path), "a target's path begins with a slash and is made of what a URL's path is made of");
            require(containerId.isEmpty() || WireName.isValid(containerId), "a target's container id is none");
            require(labels.keySet().stream().allMatch(HostInventory::isLabel), "a target's label is no name");
            containerName = BoundedText.cut(containerName, MAX_TEXT);
            Map<String, String> kept = new LinkedHashMap<>();
            new TreeMap<>(labels)
                    .entrySet().stream()
                            .limit(MAX_LABELS)
                            .forEach(label -> kept.put(label.getKey(), BoundedText.cut(label.getValue(), MAX_TEXT)));
            labels = Map.copyOf(kept);
        }

        private static void require(boolean holds, String rule) {
            if (!holds) {
                throw new IllegalArgumentException(rule);
            }
        }
    }

    /** How many of each list were left out because there were too many, or because the record was too large. */
    public record Omitted(int gpus, int containers, int targets) {
        public static final Omitted NONE = new Omitted(0, 0, 0);

        public Omitted {
            if (Math.min(gpus, Math.min(containers, targets)) < 0
                    || Math.max(gpus, Math.max(containers, targets)) > MAX_COUNT) {
                throw new IllegalArgumentException("so many cannot be left out");
            }
        }
    }

    public HostInventory {
        if (!WireName.isValid(host) || !WireName.isValid(agentId)) {
            throw new IllegalArgumentException("an inventory needs a host and an agent id");
        }
        if (sequence < 1 || sequence > HealthEvent.MAX_SEQUENCE) {
            throw new IllegalArgumentException("an inventory needs a sequence number from 1");
        }
        if (time.isBefore(FIRST) || time.isAfter(LAST)) {
            throw new IllegalArgumentException("an inventory needs a time from 1970 to 9999");
        }
        if (interval.toMillis() < 1 || interval.compareTo(MAX_INTERVAL) > 0) {
            throw new IllegalArgumentException("an inventory needs an interval from 1 ms to 24 days");
        }
        if (!address.isEmpty() && !isAddress(address)) {
            throw new IllegalArgumentException("a host's address is a host name or an IP address");
        }
        if (gpusExpected < UNKNOWN || gpusExpected > MAX_COUNT) {
            throw new IllegalArgumentException("a host cannot have " + gpusExpected + " GPUs");
        }
        omitted = new Omitted(
                omitted.gpus() + beyond(gpus, MAX_GPUS),
                omitted.containers() + beyond(containers, MAX_CONTAINERS),
                omitted.targets() + beyond(targets, MAX_TARGETS));
        gpus = first(gpus, MAX_GPUS);
        containers = first(containers, MAX_CONTAINERS);
        targets = first(targets, MAX_TARGETS);
    }

    /** Unique among the inventories: the pair of agent id and sequence. */
    public String id() {
        return agentId + "/" + sequence;
    }

    /** The same with only the first ones of each list; the rest is counted. */
    HostInventory keeping(int gpuCount, int containerCount, int targetCount) {
        return new HostInventory(
                host,
                agentId,
                sequence,
                time,
                interval,
                address,
                software,
                gpusExpected,
                first(gpus, gpuCount),
                first(containers, containerCount),
                first(targets, targetCount),
                new Omitted(
                        omitted.gpus() + beyond(gpus, gpuCount),
                        omitted.containers() + beyond(containers, containerCount),
                        omitted.targets() + beyond(targets, targetCount)));
    }

    private static int beyond(List<?> list, int max) {
        return Math.max(0, list.size() - max);
    }

    private static <T> List<T> first(List<T> list, int max) {
        return List.copyOf(list.size() <= max ? list : list.subList(0, max));
    }

    /** 1 to 64 small letters, digits and hyphens. */
    public static boolean isWord(String text) {
        return WORD.matcher(text).matches();
    }

    /** 1 to 64 letters, digits, {@code _}, {@code .} and {@code -}; no digit first. */
    public static boolean isJob(String text) {
        return JOB.matcher(text).matches();
    }

    public static boolean isPort(int port) {
        return port >= 1 && port <= 65_535;
    }

    /** The path of a URL without query: no step upward, no empty step but the last. */
    public static boolean isPath(String text) {
        return PATH.matcher(text).matches()
                && !text.contains("//")
                && !(text + "/").contains("/../")
                && !(text + "/").contains("/./");
    }

    /** A name that a label of a series may have: small letters, digits, {@code _}, a letter first. */
    public static boolean isLabel(String text) {
        return LABEL.matcher(text).matches();
    }

    /**
     * What people can read in a label: not blank, not too long, and no control character, line end, or character that
     * is invisible or turns the text around.
     */
    public static boolean isLabelValue(String text) {
        return !text.isBlank()
                && text.length() <= MAX_TEXT
                && text.codePoints().allMatch(point -> switch (Character.getType(point)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR -> point == 0x200D; // joins emoji
                    default -> true;
                });
    }

    /** A host name or an IP address, without port, user, zone or brackets. */
    public static boolean isAddress(String text) {
        return isIpAddress(text) || HOST_NAME.matcher(text).matches();
    }

    /** An IP address, without zone or brackets. Asks no resolver. */
    public static boolean isIpAddress(String text) {
        if (text.isEmpty() || text.length() > 45 || text.indexOf('%') >= 0 || text.indexOf('[') >= 0) {
            return false;
        }
        try {
            var _ = text.indexOf(':') >= 0 ? Inet6Address.ofLiteral(text) : Inet4Address.ofLiteral(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}

package caretaker.recovery.engine;

import caretaker.recovery.containers.Labels;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A container of Caretaker's own that runs one program beside another container: from that one's image, which the host
 * has, with one of its mounts and nothing else. It has no network, a root that cannot be written to, and of root's
 * rights only those that are named. It is removed when the program has ended; what a crash has left behind is found by
 * its labels.
 */
final class HelperContainer {
    /** The value of {@code caretaker.role}: neither repaired nor, by the other labels, watched by the agent. */
    static final String ROLE = "helper";

    /** Label: id of the container that it is made for. */
    static final String HELPS = "caretaker.helps";

    private static final Logger LOGGER = LoggerFactory.getLogger(HelperContainer.class);
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String NAME = "caretaker-helper-";
    private static final int SHORT_ID = 12;
    private static final long MEMORY_BYTES = 64 << 20;
    private static final int MAX_PROCESSES = 16;

    /** Longer than any step of a playbook may take. */
    private static final Duration ABANDONED = Duration.ofHours(2);

    private static final String FILTER = Daemon.word("{\"label\":[\"caretaker.role=" + ROLE + "\"]}");

    /**
     * What is to be run.
     *
     * @param operation in whose course
     * @param mount of the container, as the engine shows it: a volume or a bind
     * @param command the program and its arguments; no shell
     * @param capabilities of root's, all others are dropped
     * @param limit how long it may take
     */
    record Work(
            String operation,
            Inspection container,
            JsonNode mount,
            List<String> command,
            List<String> capabilities,
            Duration limit) {}

    /** @param lastLine of its output, without secrets */
    record Ended(int code, String lastLine) {}

    private record Left(String id, String role, String helps, Instant created) {}

    private final Daemon daemon;
    private final InstantSource clock;

    HelperContainer(Daemon daemon, InstantSource clock) {
        this.daemon = daemon;
        this.clock = clock;
    }

    /**
     * Runs it to its end.
     *
     * @return empty if it has not ended within the limit; it is removed then
     */
    Optional<Ended> run(Work work) throws Unavailable, Refusal {
        clear(work.container().id());
        String name = NAME + work.container().id().substring(0, SHORT_ID);
        String id = daemon.post("/containers/create?name=" + Daemon.word(name), body(work), Actions.STARTING)
                .path("Id")
                .asText("");
        try {
            Actions.start(daemon, id);
            return ended(id, work.limit());
        } finally {
            remove(id);
        }
    }

    private Optional<Ended> ended(String id, Duration limit) throws Unavailable, Refusal {
        long until = System.nanoTime() + limit.toNanos();
        int code;
        try {
            code = daemon.post("/containers/" + id + "/wait", null, limit)
                    .path("StatusCode")
                    .asInt(-1);
        } catch (Unavailable e) {
            if (System.nanoTime() - until < -TimeUnit.SECONDS.toNanos(1)) {
                throw e; // the engine went away before the time was over
            }
            return Optional.empty();
        }
        LogTail.Read output = daemon.stream(
                "/containers/" + id + "/logs?stdout=1&stderr=1&tail=10", null, Daemon.QUICK, LogTail::framed);
        String last = output.newest().lines().filter(line -> !line.isBlank()).reduce("", (_, line) -> line);
        return Optional.of(new Ended(code, Refusal.line(last)));
    }

    private static ObjectNode body(Work work) {
        ObjectNode body = JSON.objectNode();
        body.put("Image", work.container().raw().path("Image").asText(""))
                .put("User", "0")
                .put("WorkingDir", "/")
                .put("StopTimeout", 1);
        body.putArray("Entrypoint").add(work.command().getFirst());
        ArrayNode arguments = body.putArray("Cmd");
        work.command().stream().skip(1).forEach(arguments::add);
        body.putObject("Healthcheck").putArray("Test").add("NONE");
        body.putObject("Labels") // those of the image are its service's, compose's among them
                .put(Labels.ROLE, ROLE)
                .put(Labels.RECOVERY, "false")
                .put("caretaker.watch", "false")
                .put(Roster.OPERATION, work.operation())
                .put(HELPS, work.container().id())
                .put(Roster.PROJECT, "")
                .put(Roster.SERVICE, "")
                .put(Roster.NUMBER, "");
        ObjectNode host = body.putObject("HostConfig");
        host.put("NetworkMode", "none")
                .put("ReadonlyRootfs", true)
                .put("Memory", MEMORY_BYTES)
                .put("MemorySwap", MEMORY_BYTES)
                .put("PidsLimit", MAX_PROCESSES);
        host.putArray("CapDrop").add("ALL");
        ArrayNode capabilities = host.putArray("CapAdd");
        work.capabilities().forEach(capabilities::add);
        host.putArray("SecurityOpt").add("no-new-privileges");
        host.putObject("LogConfig").put("Type", "json-file").putObject("Config").put("max-size", "64k");
        mounts(host.putArray("Mounts"), work);
        return body;
    }

    /** The one, and memory in the place of what the image would have a new volume for. */
    private static void mounts(ArrayNode mounts, Work work) {
        String target = work.mount().path("Destination").asText("");
        boolean isVolume = work.mount().path("Type").asText("").equals("volume");
        ObjectNode mount = mounts.addObject()
                .put("Type", isVolume ? "volume" : "bind")
                .put("Source", work.mount().path(isVolume ? "Name" : "Source").asText(""))
                .put("Target", target);
        if (isVolume) {
            mount.putObject("VolumeOptions").put("NoCopy", true);
        } else {
            mount.putObject("BindOptions").put("Propagation", "private").put("NonRecursive", true);
        }
        work.container().raw().path("Config").path("Volumes").properties().forEach(volume -> {
            if (!volume.getKey().equals(target)) {
                mounts.addObject().put("Type", "tmpfs").put("Target", volume.getKey());
            }
        });
    }

    /** Removes what was left behind of this container's, and of anybody's for long; empty: only that. */
    void clear(String container) throws Unavailable, Refusal {
        List<Left> left = daemon.rows(
                "/containers/json?all=1&filters=" + FILTER,
                Daemon.QUICK,
                row -> new Left(
                        row.path("Id").asText(""),
                        row.path("Labels").path(Labels.ROLE).asText(""),
                        row.path("Labels").path(HELPS).asText(""),
                        Instant.ofEpochSecond(row.path("Created").asLong(0))));
        Instant abandoned = clock.instant().minus(ABANDONED);
        for (Left each : left) {
            if (!each.role().equals(ROLE)) {
                continue; // whoever answers has not heeded the filter
            }
            if ((!container.isEmpty() && each.helps().equals(container))
                    || each.created().isBefore(abandoned)) {
                remove(each.id());
            }
        }
    }

    /** Without volumes, whatever becomes of it. */
    private void remove(String id) {
        try {
            daemon.ask(
                    Actions.STARTING,
                    docker -> docker.removeContainerCmd(id)
                            .withForce(true)
                            .withRemoveVolumes(false)
                            .exec());
        } catch (Refusal | Unavailable e) {
            LOGGER.atWarn()
                    .addKeyValue("container", id)
                    .addKeyValue("reason", e.getMessage())
                    .log("a helper's container could not be removed; the next one's beginning removes it");
        }
    }
}

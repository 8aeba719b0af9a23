package caretaker.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.chassis.Logs;
import caretaker.contracts.Decoded;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEventCodec;
import caretaker.recovery.api.Control;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was told of the newest incidents, so that their reports can be read when Kafka is away. Where evidence was
 * saved, the events are on this host's disk beside it; those of incidents that needed no examination are in memory
 * only, for there may be many. The bus is the record; this is a copy that may lack what came while the disk was full.
 */
final class IncidentFiles implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(IncidentFiles.class);
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8,64}");
    private static final String EVENTS = "events.jsonl";
    private static final int MAX_WAITING = 10_000;
    private static final int MAX_IN_MEMORY = 256;
    private static final int MAX_EVENTS_IN_MEMORY = 64;
    private static final long MAX_FILE = 4 << 20;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    private final Path folder;
    private final RecoveryEventCodec codec = new RecoveryEventCodec();
    private final Counter lost;
    private final Map<String, List<RecoveryEvent>> inMemory = new LinkedHashMap<>(); // guarded by itself
    private final ThreadPoolExecutor writer = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            Thread.ofVirtual().name("incident files").factory());

    /** @param folder has a folder for each incident with evidence, which whoever saves it makes and removes */
    IncidentFiles(Path folder, MeterRegistry registry) {
        this.folder = folder;
        lost = Counter.builder("caretaker.recovery.incident.files.lost")
                .description("Events that are on the bus and not in the folder of their incident")
                .register(registry);
    }

    /** An event that is on the bus. Returns at once. */
    void add(RecoveryEvent event) {
        RecoveryEvent.Incident incident = event.incident();
        if (incident == null || !ID.matcher(incident.id()).matches()) {
            return;
        }
        try {
            writer.execute(() -> keep(incident.id(), event));
        } catch (RejectedExecutionException e) {
            lost.increment();
        }
    }

    private void keep(String id, RecoveryEvent event) {
        List<RecoveryEvent> waiting;
        synchronized (inMemory) {
            waiting = new ArrayList<>(inMemory.getOrDefault(id, List.of()));
            inMemory.remove(id);
            if (waiting.size() < MAX_EVENTS_IN_MEMORY) {
                waiting.add(event);
            }
            if (!Files.isDirectory(folder.resolve(id))) {
                inMemory.put(id, waiting);
                if (inMemory.size() > MAX_IN_MEMORY) {
                    inMemory.remove(inMemory.keySet().iterator().next());
                }
                return;
            }
        }
        append(folder.resolve(id).resolve(EVENTS), waiting);
    }

    private void append(Path file, List<RecoveryEvent> events) {
        try {
            if (Files.exists(file) && Files.size(file) > MAX_FILE) {
                lost.increment(events.size());
                return;
            }
            var lines = new StringBuilder();
            for (RecoveryEvent event : events) {
                lines.append(new String(codec.encode(event), UTF_8).replaceAll("\\R\\s*", ""))
                        .append('\n');
            }
            Files.writeString(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            lost.increment(events.size());
            LOGGER.atWarn()
                    .addMarker(Logs.REPEATABLE)
                    .addKeyValue("file", file)
                    .addKeyValue("reason", e.toString())
                    .log("an event could not be kept in its incident's folder");
        }
    }

    /** What is known of an incident, oldest first, each event once; none if there is none of that id. */
    List<RecoveryEvent> events(String incident) {
        if (!ID.matcher(incident).matches()) {
            return List.of();
        }
        Map<String, RecoveryEvent> events = new LinkedHashMap<>();
        Path file = folder.resolve(incident).resolve(EVENTS);
        if (Files.exists(file)) {
            try (Stream<String> lines = Files.lines(file, UTF_8)) {
                lines.forEach(line -> {
                    if (codec.decode(line.getBytes(UTF_8))
                            instanceof Decoded.Known<RecoveryEvent>(RecoveryEvent event)) {
                        events.putIfAbsent(event.id(), event);
                    }
                });
            } catch (IOException | UncheckedIOException e) {
                LOGGER.atWarn().setCause(e).addKeyValue("file", file).log("the events of an incident cannot be read");
            }
        }
        synchronized (inMemory) {
            inMemory.getOrDefault(incident, List.of()).forEach(event -> events.putIfAbsent(event.id(), event));
        }
        return List.copyOf(events.values());
    }

    /** The newest incidents, the newest first. */
    List<Control.Incident> newest(int most) {
        List<Control.Incident> incidents = new ArrayList<>();
        ids(most).forEach(id -> {
            List<RecoveryEvent> events = events(id);
            if (!events.isEmpty()) {
                incidents.add(incident(id, events));
            }
        });
        incidents.sort(Comparator.comparing(Control.Incident::last).reversed());
        return incidents.subList(0, Math.min(most, incidents.size()));
    }

    private Set<String> ids(int most) {
        Set<String> ids = new LinkedHashSet<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.map(each -> String.valueOf(each.getFileName()))
                    .filter(name -> ID.matcher(name).matches())
                    .sorted(Comparator.comparing(this::changed).reversed())
                    .limit(most)
                    .forEach(ids::add);
        } catch (IOException e) {
            LOGGER.atDebug().setCause(e).log("there is no folder of incidents yet");
        }
        synchronized (inMemory) {
            ids.addAll(inMemory.keySet());
        }
        return ids;
    }

    private FileTime changed(String id) {
        try {
            return Files.getLastModifiedTime(folder.resolve(id).resolve(EVENTS));
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    private static Control.Incident incident(String id, List<RecoveryEvent> events) {
        RecoveryEvent first = events.getFirst();
        RecoveryEvent last = events.getLast();
        RecoveryEvent.Incident incident = first.incident();
        return new Control.Incident(
                id,
                first.time(),
                last.time(),
                first.container() == null ? first.host() : first.container().key(),
                incident == null ? "" : incident.condition(),
                last);
    }

    @Override
    public void close() {
        writer.shutdown();
        try {
            boolean _ = writer.awaitTermination(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

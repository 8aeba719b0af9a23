package caretaker.cli;

import caretaker.contracts.Topic;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints records as they come. Joins no consumer group and commits nothing: it can be run beside anything. */
@Command(
        name = "tail",
        description = "Print records as they come: readings and events, legibly or as JSON.",
        footer = {
            "",
            "Examples:",
            "  caretaker events tail                          everything, from now on",
            "  caretaker events tail health --since 1h        health events of the last hour, then new ones",
            "  caretaker events tail readings --host node-1 --max 1 --json"
        })
final class EventsTailCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration ANSWER = Duration.ofSeconds(10);

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "TOPIC",
            description = "Topics, with or without the leading 'caretaker.'; all of Caretaker's if none is named.")
    private List<String> names = new ArrayList<>();

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Option(names = "--since", paramLabel = "AGE", description = "Begin with records this old: 30s, 10m, 2h, 1d.")
    private @Nullable Duration since;

    @Option(names = "--max", paramLabel = "N", description = "Stop after N records.")
    private long max = Long.MAX_VALUE;

    @Option(names = "--for", paramLabel = "TIME", description = "Stop after this time: 10s, 5m.")
    private @Nullable Duration limit;

    @Option(names = "--host", paramLabel = "NAME", description = "Only records of this host (by the record's key).")
    private @Nullable String host;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec().commandLine().getOut();
        var clock = InstantSource.system();
        var printer = new RecordPrinter(ZoneId.systemDefault());
        long end = limit == null ? Long.MAX_VALUE : clock.millis() + limit.toMillis();
        long printed = 0;
        try (var consumer = kafka.consumer(ANSWER)) {
            position(consumer, partitions(consumer, topics()), clock);
            while (printed < max && clock.millis() < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (printed < max && KafkaOptions.isOf(host, record)) {
                        out.println(json ? printer.json(record) : printer.line(record));
                        printed++;
                    }
                }
                out.flush();
                if (out.checkError()) { // the reader of a pipe has gone
                    return Exit.OK;
                }
            }
            return Exit.OK;
        } catch (TimeoutException e) {
            throw kafka.unreachable();
        } catch (KafkaException e) {
            throw kafka.unreadable(e);
        }
    }

    private Set<String> topics() {
        Set<String> known = Arrays.stream(Topic.values()).map(Topic::fullName).collect(Collectors.toSet());
        if (names.isEmpty()) {
            return known;
        }
        return names.stream()
                .map(name -> name.startsWith("caretaker.") ? name : "caretaker." + name)
                .collect(Collectors.toSet());
    }

    private List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer, Set<String> wanted) {
        Map<String, ?> present;
        try {
            present = consumer.listTopics(ANSWER);
        } catch (TimeoutException e) {
            throw kafka.unreachable();
        }
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : wanted) {
            if (present.containsKey(topic)) {
                consumer.partitionsFor(topic, ANSWER)
                        .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
            } else if (!names.isEmpty()) {
                throw new CommandFailure(
                        Exit.NOT_FOUND,
                        "no topic " + topic + " at " + kafka.bootstrap() + "; there are: "
                                + present.keySet().stream()
                                        .filter(name -> name.startsWith("caretaker."))
                                        .sorted()
                                        .collect(Collectors.joining(", ")));
            }
        }
        if (partitions.isEmpty()) {
            throw new CommandFailure(
                    Exit.NOT_FOUND,
                    "no topic of Caretaker at " + kafka.bootstrap() + "; is a service running? see 'caretaker demo'");
        }
        return partitions;
    }

    private void position(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions, InstantSource clock) {
        consumer.assign(partitions);
        if (since == null) {
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position); // now, not at the first poll
            return;
        }
        long from = clock.millis() - since.toMillis();
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, from));
        consumer.offsetsForTimes(times, ANSWER).forEach((partition, offset) -> {
            if (offset == null) {
                consumer.seekToEnd(List.of(partition));
            } else {
                consumer.seek(partition, offset.offset());
            }
        });
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("used without picocli");
        }
        return spec;
    }
}

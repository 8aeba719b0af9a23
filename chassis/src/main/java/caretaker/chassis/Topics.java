package caretaker.chassis;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the topics that are absent, and goes on looking, because a broker may come back with an empty disk. It waits
 * for the broker as long as it takes. A topic that exists is never changed: one that differs is reported.
 *
 * <p>It uses Kafka's own client, which does not block: that of Vert.x cannot leave the replication factor to the
 * broker.
 */
public final class Topics implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Topics.class);
    private static final Duration CHECK_EVERY = Duration.ofSeconds(30);
    private static final Duration CLOSE_LIMIT = Duration.ofMillis(500);

    private final Vertx vertx;
    private final KafkaSettings kafka;
    private final List<TopicSpec> specs;
    private final Duration checkEvery;
    private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5));
    private final Map<String, Integer> otherPartitions = new ConcurrentHashMap<>();
    private volatile @Nullable String notReady = "topics not checked yet";
    private volatile boolean closed;
    private volatile @Nullable Admin admin;

    private Topics(
            Vertx vertx, KafkaSettings kafka, List<TopicSpec> specs, MeterRegistry registry, Duration checkEvery) {
        this.vertx = vertx;
        this.kafka = kafka;
        this.specs = List.copyOf(specs);
        this.checkEvery = checkEvery;
        Gauge.builder("caretaker.topics.different", otherPartitions, Map::size)
                .description("Topics that exist with another number of partitions than they would be created with")
                .strongReference(true)
                .register(registry);
        Gauge.builder("caretaker.topics.ready", this, topics -> topics.notReady == null ? 1 : 0)
                .description("Whether all topics exist")
                .strongReference(true)
                .register(registry);
    }

    /** Returns at once; the work is done in the background. */
    public static Topics ensure(Vertx vertx, KafkaSettings kafka, List<TopicSpec> specs, MeterRegistry registry) {
        return ensure(vertx, kafka, specs, registry, CHECK_EVERY);
    }

    /**
     * As {@link #ensure(Vertx, KafkaSettings, List, MeterRegistry)}.
     *
     * @param checkEvery how often it looks again once all topics exist
     */
    public static Topics ensure(
            Vertx vertx, KafkaSettings kafka, List<TopicSpec> specs, MeterRegistry registry, Duration checkEvery) {
        var topics = new Topics(vertx, kafka, specs, registry, checkEvery);
        vertx.getOrCreateContext().runOnContext(_ -> topics.check());
        return topics;
    }

    /** For {@code /-/ready}: why not all topics exist. */
    public Optional<String> notReady() {
        return Optional.ofNullable(notReady);
    }

    private void check() {
        if (closed) {
            return;
        }
        client().compose(client -> future(client.listTopics().names()).compose(present -> complete(client, present)))
                .onComplete(result -> {
                    if (result.succeeded()) {
                        if (notReady != null) {
                            LOGGER.atInfo().addKeyValue("topics", specs.size()).log("all topics exist");
                        }
                        notReady = null;
                        backoff.succeeded();
                        again(checkEvery);
                    } else {
                        report(result.cause());
                        again(backoff.failed());
                    }
                });
    }

    private void again(Duration pause) {
        if (!closed) {
            vertx.setTimer(pause.toMillis(), _ -> check());
        }
    }

    private Future<Admin> client() {
        Admin present = admin;
        if (present != null) {
            return Future.succeededFuture(present);
        }
        return Blocking.call(vertx, () -> {
            Admin created = Admin.create(kafka.admin());
            admin = created;
            return created;
        });
    }

    private static <T> Future<T> future(KafkaFuture<T> answer) {
        Promise<T> promise = Promise.promise();
        var _ = answer.whenComplete((value, failure) -> {
            if (failure == null) {
                promise.complete(value);
            } else {
                promise.fail(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure);
            }
        });
        return promise.future();
    }

    private Future<?> complete(Admin client, Set<String> present) {
        var absent =
                specs.stream().filter(spec -> !present.contains(spec.name())).toList();
        var existing =
                specs.stream().filter(spec -> present.contains(spec.name())).toList();
        return create(client, absent).compose(_ -> compare(client, existing));
    }

    /** In one request, which takes the broker hardly longer than one topic does. */
    private Future<?> create(Admin client, List<TopicSpec> absent) {
        var answers = client.createTopics(absent.stream()
                        .map(spec -> topic(spec, spec.replicationFactor()))
                        .toList())
                .values();
        return Future.join(absent.stream()
                .map(spec -> created(client, spec, future(Objects.requireNonNull(answers.get(spec.name())))))
                .toList());
    }

    private static Future<Void> created(Admin client, TopicSpec spec, Future<Void> answer) {
        return answer.recover(e -> {
                    if (!(e instanceof InvalidReplicationFactorException)
                            || spec.replicationFactor() == TopicSpec.BROKER_DEFAULT) {
                        return Future.failedFuture(e);
                    }
                    LOGGER.atWarn()
                            .addMarker(Logs.REPEATABLE)
                            .addKeyValue("topic", spec.name())
                            .addKeyValue("replicationFactor", spec.replicationFactor())
                            .addKeyValue("reason", e.getMessage())
                            .log("replication factor refused, the broker's default is taken");
                    return future(client.createTopics(List.of(topic(spec, TopicSpec.BROKER_DEFAULT)))
                            .all());
                })
                .onSuccess(_ -> LOGGER.atInfo()
                        .addKeyValue("topic", spec.name())
                        .addKeyValue("partitions", spec.partitions())
                        .log("topic created"))
                .recover(e -> e instanceof TopicExistsException ? Future.succeededFuture() : Future.failedFuture(e));
    }

    private static NewTopic topic(TopicSpec spec, short replicationFactor) {
        return new NewTopic(spec.name(), spec.partitions(), replicationFactor).configs(spec.config());
    }

    private Future<?> compare(Admin client, List<TopicSpec> existing) {
        if (existing.isEmpty()) {
            otherPartitions.clear();
            return Future.succeededFuture();
        }
        return future(client.describeTopics(
                                existing.stream().map(TopicSpec::name).toList())
                        .allTopicNames())
                .onSuccess(descriptions -> existing.forEach(spec -> {
                    var description = descriptions.get(spec.name());
                    if (description != null) {
                        compare(spec, description.partitions().size());
                    }
                }));
    }

    private void compare(TopicSpec spec, int partitions) {
        if (partitions == spec.partitions()) {
            otherPartitions.remove(spec.name());
            return;
        }
        Integer known = otherPartitions.put(spec.name(), partitions);
        if (known == null || known != partitions) {
            LOGGER.atWarn()
                    .addKeyValue("topic", spec.name())
                    .addKeyValue("partitions", partitions)
                    .addKeyValue("wanted", spec.partitions())
                    .log("topic exists with another number of partitions, left as it is");
        }
    }

    private void report(Throwable failure) {
        String names = specs.stream().map(TopicSpec::name).collect(Collectors.joining(", "));
        if (failure instanceof AuthorizationException) {
            notReady = "no permission to create or read topics: " + failure.getMessage();
            LOGGER.atError()
                    .addMarker(Logs.REPEATABLE)
                    .addKeyValue("topics", names)
                    .addKeyValue("reason", failure.getMessage())
                    .log("no permission on topics; grant DESCRIBE and CREATE, or create them by hand");
            return;
        }
        notReady = "topics cannot be checked: " + failure.getMessage();
        LOGGER.atWarn()
                .addMarker(Logs.REPEATABLE)
                .addKeyValue("topics", names)
                .addKeyValue("reason", failure.toString())
                .log("topics cannot be checked, trying again");
    }

    @Override
    public void close() {
        closed = true;
        Admin present = admin;
        if (present != null) {
            present.close(CLOSE_LIMIT);
        }
    }
}

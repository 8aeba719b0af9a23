package caretaker.chassis;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is in a consumer group, asked again and again. What the broker said last is kept while it is away. */
public final class GroupMembers implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(GroupMembers.class);
    private static final Duration CLOSE_LIMIT = Duration.ofMillis(500);

    private final Vertx vertx;
    private final KafkaSettings kafka;
    private final String group;
    private final long timer;
    private volatile List<Member> members = List.of();
    private volatile boolean asking;
    private volatile boolean closed;
    private volatile @Nullable Admin admin;

    /**
     * One of them.
     *
     * @param instance its {@code group.instance.id}; its member id if it has none
     * @param client its {@code client.id}
     */
    public record Member(String instance, String client) {}

    private GroupMembers(Vertx vertx, KafkaSettings kafka, String group, Duration every) {
        this.vertx = vertx;
        this.kafka = kafka;
        this.group = group;
        this.timer = vertx.setPeriodic(every.toMillis(), _ -> ask());
    }

    /** Needs no broker yet. */
    public static GroupMembers watch(Vertx vertx, KafkaSettings kafka, String group, Duration every) {
        var members = new GroupMembers(vertx, kafka, group, every);
        members.ask();
        return members;
    }

    /** As far as the broker has said, by instance. Any thread. */
    public List<Member> now() {
        return members;
    }

    private void ask() {
        if (asking || closed) {
            return;
        }
        asking = true;
        Blocking.call(vertx, () -> {
                    var answer = client().describeConsumerGroups(List.of(group))
                            .all()
                            .get();
                    ConsumerGroupDescription description = Objects.requireNonNull(answer.get(group));
                    return description.members().stream()
                            .map(member ->
                                    new Member(member.groupInstanceId().orElse(member.consumerId()), member.clientId()))
                            .sorted(Comparator.comparing(Member::instance))
                            .toList();
                })
                .onComplete(answer -> {
                    asking = false;
                    if (answer.succeeded()) {
                        members = answer.result();
                    } else {
                        LOGGER.atDebug().setCause(answer.cause()).log("the members of a group are not known");
                    }
                });
    }

    private synchronized Admin client() {
        Admin open = admin;
        if (open == null) {
            open = Admin.create(kafka.admin());
            admin = open;
        }
        return open;
    }

    @Override
    public void close() {
        closed = true;
        vertx.cancelTimer(timer);
        Optional.ofNullable(admin).ifPresent(open -> open.close(CLOSE_LIMIT));
    }
}

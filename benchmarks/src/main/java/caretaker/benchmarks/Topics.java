package caretaker.benchmarks;

import caretaker.contracts.Topic;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;

/** Waits for what a service creates. */
final class Topics {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Topics() {}

    /** Returns {@code bootstrap} once the topic of health events exists there. */
    static String created(String bootstrap) throws IOException, InterruptedException, ExecutionException {
        long end = System.nanoTime() + LIMIT.toNanos();
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            while (!admin.listTopics().names().get().contains(Topic.HEALTH.fullName())) {
                if (System.nanoTime() > end) {
                    throw new IOException("no topic " + Topic.HEALTH.fullName() + " within a minute");
                }
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
        }
        return bootstrap;
    }
}

package caretaker.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CloserTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final List<String> closed = Collections.synchronizedList(new ArrayList<>());

    @Test
    void theLastOpenedIsTheFirstClosedAndAFailureStopsNothing() {
        // Given
        var closer = new Closer();
        closer.opened("first", () -> closed.add("first"));
        closer.opened("broken", () -> {
            throw new IllegalStateException("broken");
        });
        closer.opened("last", () -> closed.add("last"));

        // When
        closer.close();

        // Then
        assertThat(closed).containsExactly("last", "first");
    }

    @Test
    void aPartThatHangsLeavesTimeForTheOthers() {
        // Given
        var closer = new Closer(Duration.ofSeconds(1));
        closer.opened("patient", () -> closed.add("patient"));
        closer.opened("hanging", () -> new CountDownLatch(1).await());
        long start = System.nanoTime();

        // When
        closer.close();

        // Then
        await().atMost(LIMIT).untilAsserted(() -> assertThat(closed).containsExactly("patient")); // in its own time
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LIMIT);
    }

    @Test
    void closingTwiceClosesOnce() {
        // Given
        var closer = new Closer();
        closer.opened("part", () -> closed.add("part"));
        closer.close();

        // When
        closer.close();

        // Then
        assertThat(closed).hasSize(1);
    }
}

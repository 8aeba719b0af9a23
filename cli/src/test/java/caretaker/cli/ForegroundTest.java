package caretaker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ForegroundTest {
    private final AtomicInteger closed = new AtomicInteger();

    @Test
    void aServiceThatEndsByItselfEndsTheCommandWithAFailure() {
        var failed = new CompletableFuture<Void>();
        failed.completeExceptionally(new IllegalStateException("the poll thread has ended"));
        assertThatThrownBy(() -> Foreground.run(closed::incrementAndGet, failed, null))
                .isInstanceOfSatisfying(
                        CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(Exit.FAILURE))
                .hasMessageContaining("its log says why");
        assertThat(closed).hasValue(1);
    }

    @Test
    void theEndOfItsTimeIsNoFailure() {
        Foreground.run(closed::incrementAndGet, new CompletableFuture<>(), Duration.ofMillis(1));
        assertThat(closed).hasValue(1);
    }
}

package caretaker.collector.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CatchUpTest {
    private final CatchUp catchUp = new CatchUp();

    @Test
    void aPartitionIsCaughtUpWithAtTheEndItHadWhenItWasAssigned() {
        catchUp.assigned(3, 10, 100);
        catchUp.read(3, 99, false);
        assertThat(catchUp.live(3)).isFalse();
        assertThat(catchUp.behind()).isEqualTo(1);
        catchUp.read(3, 100, false);
        assertThat(catchUp.live(3)).isTrue();
        assertThat(catchUp.behind()).isZero();
    }

    @Test
    void anEmptyPartitionIsCaughtUpWithAtOnce() {
        catchUp.assigned(3, 100, 100);
        assertThat(catchUp.live(3)).isTrue();
    }

    @Test
    void onceCaughtUpItStaysSoEvenWhenOffsetsStartAgainFromZero() {
        catchUp.assigned(3, 10, 100);
        catchUp.read(3, 100, true);
        catchUp.read(3, 1, false);
        assertThat(catchUp.live(3)).isTrue();
    }

    @Test
    void anUnknownEndIsReachedWhenNothingIsLeft() {
        catchUp.assigned(3, 0, CatchUp.UNKNOWN);
        catchUp.read(3, 1_000_000, false);
        assertThat(catchUp.live(3)).isFalse();
        catchUp.read(3, 1_000_001, true);
        assertThat(catchUp.live(3)).isTrue();
    }

    @Test
    void partitionsAreApart() {
        catchUp.assigned(1, 0, 10);
        catchUp.assigned(2, 0, 10);
        catchUp.read(1, 10, false);
        assertThat(catchUp.live(2)).isFalse();
        catchUp.dropped(2);
        assertThat(catchUp.behind()).isZero();
    }
}

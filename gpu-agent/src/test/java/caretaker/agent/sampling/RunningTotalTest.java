package caretaker.agent.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunningTotalTest {
    private final RunningTotal total = new RunningTotal(false);

    @Test
    void oneValueThatGoesBackwardsIsNotBelieved() {
        assertThat(total.add(1000)).isEqualTo(1000);
        assertThat(total.add(7)).isEqualTo(1000);
        assertThat(total.wentBackwards()).isTrue();
        assertThat(total.add(1010)).isEqualTo(1010);
        assertThat(total.wentBackwards()).isFalse();
    }

    @Test
    void aCounterThatStaysLessHasBegunAnew() {
        total.add(1000);
        total.add(7);
        assertThat(total.add(9)).isEqualTo(1009);
        assertThat(total.wentBackwards()).isFalse();
        assertThat(total.add(10)).isEqualTo(1010);
    }

    @Test
    void afterTheDriverWasLetGoOfAFallIsANewBeginningAtOnce() {
        total.add(1000);
        total.restarted();
        assertThat(total.add(7)).isEqualTo(1007);
        assertThat(total.wentBackwards()).isFalse();
    }

    @Test
    void aCounterOf32BitsWraps() {
        var narrow = new RunningTotal(true);
        narrow.add((1L << 32) - 1);
        assertThat(narrow.add(1)).isEqualTo((1L << 32) + 1);
        assertThat(narrow.wentBackwards()).isFalse();
    }
}

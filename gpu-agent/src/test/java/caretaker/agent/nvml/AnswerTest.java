package caretaker.agent.nvml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerTest {
    @Test
    void valuesStayWhatTheyAre() {
        for (long value : new long[] {0, 1, -1, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE + 0x10000}) {
            long answer = Answer.of(0, value);
            assertThat(Answer.isValue(answer)).isTrue();
            assertThat(answer).isEqualTo(value);
            assertThat(Answer.code(answer)).isZero();
        }
    }

    @Test
    void everyCodeComesBackAsItself() {
        for (NvmlReturn result : NvmlReturn.values()) {
            if (result.code() > 0) {
                long answer = Answer.of(result.code(), 7);
                assertThat(Answer.isValue(answer)).isFalse();
                assertThat(Answer.result(answer)).isEqualTo(result);
                assertThat(Answer.orElse(answer, 3)).isEqualTo(3);
            }
        }
    }

    @Test
    void allOnesAreBlankAndOtherLargeNumbersAreUnsigned() {
        assertThat(Answer.ofUnsigned(0, -1)).isEqualTo(Answer.BLANK);
        assertThat(Answer.ofUnsigned(0, -1L)).isEqualTo(Answer.BLANK);
        assertThat(Answer.ofUnsigned(0, -2)).isEqualTo(0xFFFFFFFEL);
        assertThat(Answer.result(Answer.BLANK)).isEqualTo(NvmlReturn.BLANK);
        assertThat(Answer.code(Answer.BLANK)).isEqualTo(-1);
    }

    @Test
    void codesThatNobodyKnowsAreUnknown() {
        assertThat(NvmlReturn.of(31)).isEqualTo(NvmlReturn.UNKNOWN);
        assertThat(NvmlReturn.of(-7)).isEqualTo(NvmlReturn.UNKNOWN);
        assertThat(NvmlReturn.of(30)).isEqualTo(NvmlReturn.RESET_TYPE_NOT_SUPPORTED);
    }
}

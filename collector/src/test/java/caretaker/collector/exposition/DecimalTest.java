package caretaker.collector.exposition;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.testkit.Cases;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecimalTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "0, -3, 0",
        "7, 0, 7",
        "-7, 0, -7",
        "1000, 0, 1000",
        "9223372036854775807, 0, 9223372036854775807",
        "-9223372036854775808, 0, -9223372036854775808",
        "1980, 6, 1980000000",
        "612345, -3, 612.345",
        "612300, -3, 612.3",
        "612000, -3, 612",
        "5, -3, 0.005",
        "-5, -3, -0.005",
        "-1005, -3, -1.005",
        "-1000, -3, -1",
        "1, -9, 0.000000001",
        "1152921504606846976, -9, 1152921504.606846976",
    })
    void aNumberIsItsShortestExactText(long value, int exponent, String expected) {
        assertThat(write(value, exponent)).isEqualTo(expected);
    }

    @Test
    void everyNumberIsExact() {
        int[] exponents = {0, 6, -3, -9};
        Cases.forEach(
                random -> new long[] {random.nextLong() >> random.nextInt(64), exponents[random.nextInt(4)]},
                made -> assertThat(write(made[0], (int) made[1]))
                        .isEqualTo(BigDecimal.valueOf(made[0])
                                .scaleByPowerOfTen((int) made[1])
                                .stripTrailingZeros()
                                .toPlainString()));
    }

    private static String write(long value, int exponent) {
        byte[] to = new byte[Decimal.MAX_LENGTH];
        return new String(to, 0, Decimal.write(to, 0, value, exponent), US_ASCII);
    }
}

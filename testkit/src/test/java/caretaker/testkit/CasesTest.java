package caretaker.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class CasesTest {
    @Test
    void theSameSeedsMakeTheSameValues() {
        // Given
        List<Long> first = new ArrayList<>();
        List<Long> second = new ArrayList<>();

        // When
        Cases.forEach(RandomGenerator::nextLong, first::add);
        Cases.forEach(RandomGenerator::nextLong, second::add);

        // Then
        assertThat(first).isEqualTo(second).doesNotHaveDuplicates();
    }

    @Test
    void aFailureNamesItsSeed() {
        assertThatThrownBy(() ->
                        Cases.forEach(random -> 7, value -> assertThat(value).isEqualTo(8)))
                .isInstanceOf(AssertionError.class)
                .hasMessage("failed with -Dcases.seed=0 on 7");
    }
}

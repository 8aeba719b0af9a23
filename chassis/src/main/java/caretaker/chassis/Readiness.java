package caretaker.chassis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The named reasons why a service cannot do its work now. A check reads memory and returns at once. */
public final class Readiness {
    private final Map<String, Supplier<Optional<String>>> checks = new LinkedHashMap<>();

    /**
     * Adds a check.
     *
     * @param check empty when all is well, otherwise what is missing
     */
    public synchronized Readiness check(String name, Supplier<Optional<String>> check) {
        checks.put(name, check);
        return this;
    }

    /** One line for each check that fails; none when the service is ready. */
    public synchronized List<String> reasons() {
        List<String> reasons = new ArrayList<>();
        checks.forEach((name, check) -> reason(check).ifPresent(reason -> reasons.add(name + ": " + reason)));
        return reasons;
    }

    private static Optional<String> reason(Supplier<Optional<String>> check) {
        try {
            return check.get();
        } catch (RuntimeException e) {
            return Optional.of("the check failed: " + e);
        }
    }
}

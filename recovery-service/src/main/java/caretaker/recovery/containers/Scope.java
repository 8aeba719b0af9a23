package caretaker.recovery.containers;

import caretaker.contracts.ContainerIdentity;
import caretaker.recovery.containers.Labels.Word;
import java.util.List;

/**
 * Whom the service may touch. A container says so itself by its label {@code caretaker.recovery}, or is named here.
 *
 * @param projects compose projects whose containers may be repaired; empty: of any, and those of none
 * @param containers keys, names or {@code project/service}: may be repaired without a label, even Caretaker's own
 */
public record Scope(List<String> projects, List<String> containers) {
    /** What a container may expect. */
    public sealed interface Consent {
        /**
         * It may be repaired.
         *
         * @param dryRun or rather only be told what would be done
         */
        record Given(boolean dryRun) implements Consent {}

        record Refused(String why) implements Consent {}

        /** Its label says neither yes nor no: it is left alone, and somebody should mend the label. */
        record Unclear(String label, String value) implements Consent {}
    }

    private static final int LONGEST_VALUE = 100;

    /**
     * Asks for one container.
     *
     * @param self id of the container in which the service itself runs; empty if it runs in none
     */
    public Consent of(Sighting container, String self) {
        ContainerIdentity identity = container.identity();
        if (!self.isEmpty() && identity.id().equals(self)) {
            return new Consent.Refused("it is the recovery service itself");
        }
        Word word = Labels.word(container.labels(), Labels.RECOVERY);
        if (word == Word.UNCLEAR) {
            return unclear(container, Labels.RECOVERY);
        }
        Word dryRun = Labels.word(container.labels(), Labels.DRY_RUN);
        if (dryRun == Word.UNCLEAR) {
            return unclear(container, Labels.DRY_RUN);
        }
        if (word == Word.NO) {
            return new Consent.Refused("its label says no");
        }
        boolean named = containers.contains(identity.key())
                || containers.contains(identity.name())
                || (identity.number() > 0 && containers.contains(identity.project() + "/" + identity.service()));
        if (named) {
            return new Consent.Given(dryRun == Word.YES);
        }
        if (container.labels().containsKey(Labels.ROLE)) {
            return new Consent.Refused("it is a part of Caretaker that is not named in the settings");
        }
        if (word == Word.ABSENT) {
            return new Consent.Refused("it has no label " + Labels.RECOVERY + "=true");
        }
        if (!projects.isEmpty() && !projects.contains(identity.project())) {
            return new Consent.Refused("its compose project is out of scope");
        }
        return new Consent.Given(dryRun == Word.YES);
    }

    private static Consent unclear(Sighting container, String label) {
        String value = container.labels().getOrDefault(label, "");
        return new Consent.Unclear(label, value.substring(0, Math.min(value.length(), LONGEST_VALUE)));
    }
}

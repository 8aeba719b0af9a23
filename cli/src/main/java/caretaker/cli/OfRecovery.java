package caretaker.cli;

import picocli.CommandLine.Mixin;

/** A command that asks a recovery service. */
abstract class OfRecovery extends Asking {
    @Mixin
    private RecoveryOptions recovery = new RecoveryOptions();

    @Override
    final int ask() {
        try (var client = new RecoveryClient(recovery, System.getenv())) {
            return run(client);
        }
    }

    abstract int run(RecoveryClient client);
}

package caretaker.cli;

import caretaker.alerts.FileCheck;
import caretaker.alerts.routing.MatcherSyntax;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what is wrong with an Alertmanager file, its template files and the templates in its receivers. */
@Command(
        name = "check",
        description = "Check an Alertmanager file: keys, values, routes, and every template in it.",
        footer = {"", "Exits with 0 if it is well, 3 with warnings only, 4 if it does not work."})
final class NotifyCheckCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "Alertmanager's configuration.")
    private Path file = Path.of("alertmanager.yml");

    @Option(
            names = "--matchers",
            paramLabel = "SYNTAX",
            defaultValue = "fallback",
            description = "classic, utf8 or fallback (default: ${DEFAULT-VALUE}).")
    private MatcherSyntax matchers = MatcherSyntax.FALLBACK;

    @Option(names = "--json", description = "One JSON document.")
    private boolean json;

    @Override
    public Integer call() {
        if (!Files.isReadable(file)) {
            throw new CommandFailure(Exit.NOT_FOUND, "there is no file " + file + " that can be read");
        }
        FileCheck check = FileCheck.of(file, matchers);
        int exit =
                check.problems().isEmpty() ? check.warnings().isEmpty() ? Exit.OK : Exit.DEGRADED : Exit.CHECK_FAILED;
        if (spec == null) {
            throw new IllegalStateException("used without picocli");
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode document = Json.document()
                    .put("status", exit == Exit.OK ? "ok" : exit == Exit.DEGRADED ? "degraded" : "failed");
            check.problems().forEach(document.putArray("problems")::add);
            check.warnings().forEach(document.putArray("warnings")::add);
            out.println(Json.line(document));
        } else {
            check.problems().forEach(problem -> out.println("wrong    " + problem));
            check.warnings().forEach(warning -> out.println("warning  " + warning));
            out.println(
                    check.problems().isEmpty()
                            ? "works    " + String.join(", ", check.contents())
                            : check.problems().size() + " wrong; it does not work");
        }
        out.flush();
        return exit;
    }
}

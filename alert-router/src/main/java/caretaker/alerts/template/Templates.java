package caretaker.alerts.template;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A set of named templates: the built-in ones, then those of files, of which a later one replaces an earlier one of its
 * name. Renders texts that call them, such as {@code {{ template "slack.default.title" . }}}. A text is parsed once and
 * kept while it is in use. Any thread.
 */
public final class Templates {
    private static final int KEPT_TEXTS = 512;
    private static final List<String> BUILT_IN = List.of("default.tmpl", "email.tmpl");

    private final Map<String, Tree> trees;
    private final Limits limits;
    private final InstantSource clock;
    private final Regexes regexes = new Regexes();
    private final Map<Key, Compiled> compiled = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Compiled> eldest) {
            return size() > KEPT_TEXTS;
        }
    };

    private record Key(String text, boolean html) {}

    /** A text ready to run: all trees that it can reach, and its own. */
    private record Compiled(Map<String, Tree> trees, Tree root) {}

    private Templates(Map<String, Tree> trees, Limits limits, InstantSource clock) {
        this.trees = trees;
        this.limits = limits;
        this.clock = clock;
    }

    /**
     * The built-in templates and those of the files.
     *
     * @param clock for {@code now}, {@code since} and the limit of time
     * @throws TemplateException with the file and line of what cannot be read
     */
    public static Templates parse(List<TemplateFile> files, Limits limits, InstantSource clock)
            throws TemplateException {
        Map<String, Tree> trees = new HashMap<>();
        for (String name : BUILT_IN) {
            add(trees, Parser.parse("", new Source(name, builtIn(name))));
        }
        for (TemplateFile file : files) {
            add(trees, Parser.parse(file.name(), new Source(file.name(), file.text())));
        }
        return new Templates(Map.copyOf(trees), limits, clock);
    }

    private static String builtIn(String name) {
        try (InputStream in = Templates.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the built-in templates", e);
        }
    }

    /** A blank template does not replace one that is there. */
    private static void add(Map<String, Tree> trees, Map<String, Tree> more) {
        more.forEach((name, tree) -> {
            if (!tree.isEmpty() || !trees.containsKey(name)) {
                trees.put(name, tree);
            }
        });
    }

    /** Renders without any escaping. An empty template gives an empty text. */
    public String text(String template, TemplateData data) throws TemplateException {
        return render(new Key(template, false), data);
    }

    /** Renders HTML: each value is escaped for the place where it stands. */
    public String html(String template, TemplateData data) throws TemplateException {
        return render(new Key(template, true), data);
    }

    /**
     * Looks for mistakes without data: what cannot be parsed, and templates that are called but not there.
     *
     * @param html whether {@link #html} will render it; then also places where a value cannot be escaped
     */
    public void check(String template, boolean html) throws TemplateException {
        Compiled ready = compiled(new Key(template, html));
        Set<String> missing = new LinkedHashSet<>();
        var seen = new LinkedHashSet<String>();
        try {
            calls(ready, ready.root().root(), seen, missing);
        } catch (StackOverflowError e) {
            throw new TemplateException("", 0, "templates are nested too deep");
        }
        if (!missing.isEmpty()) {
            List<String> names = missing.stream().map(GoQuote::quote).toList();
            throw new TemplateException("", 0, "template " + String.join(", ", names) + " not defined");
        }
    }

    private static void calls(Compiled ready, Node node, Set<String> seen, Set<String> missing) {
        switch (node) {
            case Node.Sequence(var _, var nodes) -> nodes.forEach(child -> calls(ready, child, seen, missing));
            case Node.Branch branch -> {
                calls(ready, branch.body(), seen, missing);
                if (branch.orElse() != null) {
                    calls(ready, branch.orElse(), seen, missing);
                }
            }
            case Node.Range range -> {
                calls(ready, range.body(), seen, missing);
                if (range.orElse() != null) {
                    calls(ready, range.orElse(), seen, missing);
                }
            }
            case Node.Call call -> {
                Tree callee = ready.trees().get(call.name());
                if (callee == null) {
                    missing.add(call.name());
                } else if (seen.add(call.name())) {
                    calls(ready, callee.root(), seen, missing);
                }
            }
            default -> {}
        }
    }

    /** The names of all templates, sorted. */
    public List<String> names() {
        var names = new ArrayList<>(trees.keySet());
        names.sort(GoStrings.BY_BYTES);
        return names;
    }

    private String render(Key key, TemplateData data) throws TemplateException {
        if (key.text().isEmpty()) {
            return "";
        }
        Compiled ready = compiled(key);
        var run = new Run(limits, clock, regexes, data.routeLabels());
        return Executor.execute(ready.trees(), ready.root(), data.value(), run);
    }

    private Compiled compiled(Key key) throws TemplateException {
        synchronized (compiled) {
            Compiled known = compiled.get(key);
            if (known != null) {
                return known;
            }
        }
        Compiled made = compile(key);
        synchronized (compiled) {
            compiled.put(key, made);
        }
        return made;
    }

    private Compiled compile(Key key) throws TemplateException {
        Map<String, Tree> all = new HashMap<>(trees);
        Map<String, Tree> own = Parser.parse("", new Source("", key.text()));
        add(all, own);
        Tree root = Objects.requireNonNull(own.get(""), "a text has its own tree");
        all.put("", root); // even if it is blank
        if (key.html()) {
            Map<String, Tree> escaped = HtmlCompiler.compile(all, root);
            return new Compiled(escaped, Objects.requireNonNull(escaped.get("")));
        }
        return new Compiled(all, root);
    }
}

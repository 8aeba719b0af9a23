package caretaker.alerts.template;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A file with templates. Its own text is a template too, under the file's name without its folder.
 *
 * @param name the file's name, without its folder
 */
public record TemplateFile(String name, String text) {
    private static final long MAX_BYTES = 4 << 20;
    private static final int MAX_FILES = 1000;

    /**
     * The files of Alertmanager's {@code templates:} patterns, in the order of their names for each pattern. A pattern
     * that matches nothing is fine. Patterns are Go's: {@code *} and {@code ?} do not cross folders, {@code [a-z]}.
     *
     * @param base where relative patterns start: the folder of the configuration file
     * @throws IOException if a file cannot be read, is larger than 4 MiB, or there are more than 1000
     */
    public static List<TemplateFile> find(Path base, List<String> patterns) throws IOException {
        List<TemplateFile> files = new ArrayList<>();
        for (String pattern : patterns) {
            for (Path path : matches(base, pattern)) {
                if (files.size() >= MAX_FILES) {
                    throw new IOException("more than " + MAX_FILES + " template files");
                }
                if (Files.size(path) > MAX_BYTES) {
                    throw new IOException(path + " is larger than " + MAX_BYTES + " bytes");
                }
                files.add(new TemplateFile(
                        String.valueOf(path.getFileName()), Files.readString(path, StandardCharsets.UTF_8)));
            }
        }
        return files;
    }

    private static List<Path> matches(Path base, String pattern) throws IOException {
        boolean absolute = pattern.startsWith("/");
        List<Path> found = List.of(absolute ? Path.of("/") : base);
        for (String part : pattern.split("/+")) {
            if (!part.isEmpty()) {
                found = step(found, part);
            }
        }
        return found.stream().filter(Files::isRegularFile).toList();
    }

    private static List<Path> step(List<Path> folders, String part) throws IOException {
        List<Path> found = new ArrayList<>();
        boolean literal = part.chars().noneMatch(c -> "*?[\\".indexOf(c) >= 0);
        for (Path folder : folders) {
            if (literal) {
                Path path = folder.resolve(part);
                if (Files.exists(path)) {
                    found.add(path);
                }
            } else if (Files.isDirectory(folder)) {
                String glob = part.replace("{", "\\{").replace("}", "\\}").replace("[^", "[!");
                PathMatcher matcher = folder.getFileSystem().getPathMatcher("glob:" + glob);
                found.addAll(entries(folder, matcher));
            }
        }
        return found;
    }

    private static List<Path> entries(Path folder, PathMatcher matcher) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, entry -> {
                    Path name = entry.getFileName();
                    return name != null && matcher.matches(name);
                });
                Stream<Path> sorted = Stream.iterate(entries.iterator(), it -> it.hasNext(), it -> it)
                        .map(it -> it.next())) {
            return sorted.sorted().toList();
        }
    }
}

package dev.waitress.worker.process;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of {@code reload_extra}: a file, which need not be there; a directory, for all files below it; or a glob,
 * where {@code **} stands for any number of directories. What begins with a dot or ends with a tilde, and Python's
 * {@code __pycache__}, is passed over in directories: editors and tools leave it there.
 */
final class ExtraFiles {
    private static final Pattern WILDCARD = Pattern.compile("[*?\\[{]");

    private final Path top;
    private final int depth;
    private final PathMatcher matcher;

    ExtraFiles(String text) {
        Matcher wildcard = WILDCARD.matcher(text);
        if (wildcard.find()) {
            int separator = text.lastIndexOf('/', wildcard.start());
            top = Path.of(text.substring(0, separator + 1));
            depth = text.contains("**")
                    ? Integer.MAX_VALUE
                    : text.substring(separator + 1).split("/").length;
            // In Java's globs **/ is one directory at least.
            PathMatcher deep = glob(text);
            PathMatcher flat = glob(text.replace("**/", ""));
            matcher = file -> deep.matches(file) || flat.matches(file);
        } else {
            top = Path.of(text);
            depth = Integer.MAX_VALUE;
            matcher = file -> true;
        }
    }

    private static PathMatcher glob(String text) {
        return FileSystems.getDefault().getPathMatcher("glob:" + text);
    }

    /** The files that it stands for now, by their absolute paths. */
    List<Path> find() {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(top, EnumSet.of(FileVisitOption.FOLLOW_LINKS), depth, visitor(found));
        } catch (IOException e) {
            // what cannot be read is as good as not there
        }
        return found;
    }

    private FileVisitor<Path> visitor(List<Path> found) {
        return new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return isPassedOver(directory) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (!attributes.isDirectory() && !isPassedOver(file) && matcher.matches(file)) {
                    found.add(file.toAbsolutePath().normalize());
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        };
    }

    private boolean isPassedOver(Path path) {
        String name = String.valueOf(path.getFileName());
        return !path.equals(top) && (name.startsWith(".") || name.endsWith("~") || name.equals("__pycache__"));
    }
}

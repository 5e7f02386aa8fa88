package dev.waitress.buffer;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Removes the private directories of servers that were killed. Others may write where these lie: what only looks like
 * one of ours is left alone, whoever put it there.
 */
final class Abandoned {
    private static final Logger LOG = System.getLogger("waitress");

    private final Folder place;
    private final BasicFileAttributes ours;

    private Abandoned(Folder place, BasicFileAttributes ours) {
        this.place = place;
        this.ours = ours;
    }

    /**
     * Removes those in a place.
     *
     * @param prefix how their names begin
     * @param ours what such a directory is like
     */
    static void removeFrom(Path parent, String prefix, BasicFileAttributes ours) {
        try (Folder place = Folder.at(parent)) {
            Abandoned abandoned = new Abandoned(place, ours);
            place.forEach(name -> {
                if (name.toString().startsWith(prefix)) {
                    abandoned.tryToRemove(name);
                }
            });
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "cannot look for what other servers left", e);
        }
    }

    private void tryToRemove(Path name) {
        try {
            // What others have made is not even opened.
            if (Home.isLike(ours, place.attributes(name))) {
                remove(name);
            }
        } catch (IOException | OverlappingFileLockException e) {
            LOG.log(Level.DEBUG, "cannot remove what another server left", e);
        }
    }

    private void remove(Path name) throws IOException {
        try (Folder folder = place.open(name)) {
            // Once more, of the one that is open now: another may have come in its place.
            if (!Home.isLike(ours, folder.attributes())) {
                return;
            }
            try (FileChannel lock = Mark.take(folder, name)) {
                if (lock == null) {
                    return;
                }
                folder.clear(Mark.PREFIX);
            }
        }
        place.removeEmpty(name);
    }
}

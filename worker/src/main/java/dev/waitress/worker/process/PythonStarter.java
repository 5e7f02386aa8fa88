package dev.waitress.worker.process;

import dev.waitress.worker.pool.WorkerBoard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts Python on the worker package.
 *
 * @param python command of the interpreter
 * @param title what process lists show of the application
 * @param home where workers find the package, and us
 */
public record PythonStarter(List<String> python, String title, WorkerHome home) implements Starter {
    public PythonStarter {
        python = List.copyOf(python);
    }

    @Override
    public StartedProcess worker(int number) throws IOException {
        return start(List.of(), number, stacks(number));
    }

    @Override
    public StartedProcess zygote(int number) throws IOException {
        return start(List.of("preload"), number, home.directory().resolve("stacks-z" + number));
    }

    private StartedProcess start(List<String> purpose, int number, Path stacks) throws IOException {
        List<String> command = new ArrayList<>(python);
        // What is on the command line shows in process lists: which application, which worker.
        command.add(home.requirePackage().resolve(PythonPackage.NAME).toString());
        command.addAll(purpose);
        command.addAll(List.of(home.address(), String.valueOf(number), title));
        return LaunchedProcess.start(command, home.secret(), new StackFile(stacks));
    }

    @Override
    public WorkerBoard board(int number) throws IOException {
        home.requirePackage();
        return home.board(number);
    }

    @Override
    public Path stacks(int number) throws IOException {
        return home.directory().resolve("stacks-" + number);
    }

    @Override
    public String command() {
        return String.join(" ", python);
    }
}

package nexus.command.start;

import io.quarkus.runtime.Application;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Loads and initializes the application's classes on a thread of its own, while the embedded database starts. This makes
 * all beans and routes that do not depend on the settings of the process. In a native executable they exist already.
 */
public final class ApplicationClasses {
    private final CompletableFuture<Class<?>> loaded = new CompletableFuture<>();

    private ApplicationClasses() {}

    /** Begins to load them. */
    public static ApplicationClasses load() {
        ApplicationClasses classes = new ApplicationClasses();
        Thread.ofPlatform().name("application-classes").daemon().start(() -> {
            try {
                classes.loaded.complete(Class.forName(
                        Application.APP_CLASS_NAME, true, Thread.currentThread().getContextClassLoader()));
            } catch (ClassNotFoundException | LinkageError e) {
                classes.loaded.completeExceptionally(e);
            }
        });
        return classes;
    }

    /**
     * Waits until they are loaded.
     *
     * @throws CompletionException if they cannot be initialized, with the reason, which a second attempt would not name
     */
    public void await() {
        Class<?> unused = loaded.join();
    }
}

package nexus.queue.notify;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Wakes this process's dispatcher when something became owed here. Called after the commit, on any thread. */
@Singleton
public class OwedSignal {
    private final List<Consumer<OwedRows>> listeners = new CopyOnWriteArrayList<>();
    private final LiveLanes live = new LiveLanes();

    public void onOwed(Consumer<OwedRows> listener) {
        listeners.add(listener);
    }

    /** Where what becomes owed here is taken in memory. */
    public LiveLanes live() {
        return live;
    }

    public void raise(OwedRows rows) {
        listeners.forEach(listener -> listener.accept(rows));
    }
}

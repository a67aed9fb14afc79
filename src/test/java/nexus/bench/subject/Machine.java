package nexus.bench.subject;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Where it was measured. */
public record Machine(String os, String architecture, int cores, long memoryBytes, String java) {
    public static Machine current() {
        OperatingSystemMXBean os = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Machine(
                os.getName() + " " + os.getVersion(),
                os.getArch(),
                os.getAvailableProcessors(),
                os.getTotalMemorySize(),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
    }
}

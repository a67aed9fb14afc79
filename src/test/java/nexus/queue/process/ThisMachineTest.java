package nexus.queue.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import nexus.queue.process.ProcessDeath.Alive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What this machine tells of its processes. */
class ThisMachineTest {
    private final ThisMachine machine = new ThisMachine();

    @Test
    @EnabledOnOs(OS.LINUX)
    void thisProcessRunsAndOneOfTheSameIdThatStartedBeforeDoesNot() {
        ProcessPlace own = machine.place();

        assertThat(own.pid()).isEqualTo(ProcessHandle.current().pid());
        assertThat(machine.process(own.pid(), own.started())).isEqualTo(Alive.YES);
        assertThat(machine.process(own.pid(), own.started() - 1)).isEqualTo(Alive.NO);
        assertThat(ProcessPlace.parse(own.text())).contains(own);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aProcessThatHasEndedDoesNotRun() throws IOException, InterruptedException {
        Process child = new ProcessBuilder("true").start();
        child.waitFor();

        assertThat(machine.process(child.pid(), 0)).isEqualTo(Alive.NO);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aByteThatNobodyLocksIsFree() {
        assertThat(machine.lock(machine.place().lockAt() + 1)).isEqualTo(Alive.NO);
        assertThat(machine.lock(machine.place().lockAt())).as("its own").isEqualTo(Alive.UNKNOWN);
        assertThat(new ThisMachine().place()).as("one for all of a process").isEqualTo(machine.place());
    }

    @Test
    void aNameWithBlanksAndBracketsIsNoField() {
        String fields = " 1 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 27 0 4711 0 0";

        assertThat(ProcessStat.parse("42 (a) (b c) S" + fields)).contains(new ProcessStat(42, 'S', 27, 4711));
        assertThat(ProcessStat.parse("42 (java) S 1")).isEmpty();
        assertThat(ProcessStat.parse("")).isEmpty();
    }

    @Test
    void whatIsLeftOfAProcessHasEnded() {
        assertThat(new ProcessStat(1, 'Z', 1, 0).hasEnded()).isTrue();
        assertThat(new ProcessStat(1, 'Z', 5, 0).hasEnded())
                .as("its other threads run")
                .isFalse();
        assertThat(new ProcessStat(1, 'T', 5, 0).hasEnded()).as("it is stopped").isFalse();
    }

    @Test
    void aContainerIsKnownByItsLayerAndInAPodByItsName() {
        String docker =
                "1564 1320 0:290 / / ro,relatime master:453 - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A"
                        + ":/var/lib/docker/overlay2/l/B,upperdir=/var/lib/docker/overlay2/4d0c/diff,workdir=/var/lib/docker/w";
        String inner = "1570 1564 0:40 / /data rw - overlay overlay rw,lowerdir=/x,upperdir=/y,workdir=/z";
        String pod =
                "1580 1564 8:1 /var/lib/kubelet/pods/12345678-1234-1234-1234-123456789abc/containers/nexus/5f /dev/term"
                        + "ination-log rw - ext4 /dev/sda1 rw";
        String hosts = "1581 1564 8:1 /var/lib/docker/containers/ab/hostname /etc/hostname rw - ext4 /dev/sda1 rw";

        String root = "/var/lib/containers/storage/vfs/dir/" + "065e6fbc".repeat(8);
        String copied = "67 44 254:0 " + root + " / ro,relatime - ext4 /dev/vda rw,discard";
        String fuse = "71 46 0:40 / / rw,nodev,noatime - fuse.fuse-overlayfs fuse-overlayfs rw,user_id=0,group_id=0";
        String folder = "67 44 254:0 /srv/nexus / rw,relatime - ext4 /dev/vda rw,discard";

        assertThat(ThisMachine.container(List.of(copied))).contains("layer:254:0 " + root);
        assertThat(ThisMachine.container(List.of(fuse, folder))).isEmpty();
        assertThat(ThisMachine.container(List.of(inner, hosts, docker)))
                .contains("layer:/var/lib/docker/overlay2/4d0c/diff");
        assertThat(ThisMachine.container(List.of(docker, pod)))
                .contains("pod:12345678-1234-1234-1234-123456789abc/nexus");
        assertThat(ThisMachine.container(List.of(hosts, inner)))
                .as("others may share these")
                .isEmpty();
        assertThat(ThisMachine.container(List.of())).isEmpty();
    }
}

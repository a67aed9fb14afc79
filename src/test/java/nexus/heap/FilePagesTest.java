package nexus.heap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import nexus.heap.FilePages.Range;
import org.junit.jupiter.api.Test;

class FilePagesTest {
    @Test
    void onlyUnchangedReadOnlyPagesOfTheFileAreReleased() {
        List<String> mappings = """
                00400000-00405000 r--p 00000000 fe:00 2697611                            /opt/nexus with space
                Size:                 20 kB
                Rss:                  20 kB
                Anonymous:             0 kB
                VmFlags: rd mr mw me dw sd
                00410000-034ff000 r-xp 00010000 fe:00 2697611                            /opt/nexus with space
                Anonymous:             0 kB
                03518000-03519000 r--p 03117000 fe:00 2697611                            /opt/nexus with space
                Anonymous:             4 kB
                03530000-079d0000 rw-p 03130000 fe:00 2697611                            /opt/nexus with space
                Anonymous:             0 kB
                7febc7241000-7febc7397000 r-xp 00026000 fe:00 339380                     /usr/lib/x86_64-linux-gnu/libc.so.6
                Anonymous:             0 kB
                7febc7397000-7febc7398000 r--p 00000000 00:00 0
                Anonymous:             0 kB
                ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
                Anonymous:             0 kB
                """.lines().toList();

        assertThat(FilePages.releasable(mappings, "/opt/nexus with space"))
                .containsExactly(new Range(0x400000, 0x405000), new Range(0x410000, 0x34ff000));
        assertThat(FilePages.releasable(mappings, "/opt/nexus")).isEmpty();
    }
}

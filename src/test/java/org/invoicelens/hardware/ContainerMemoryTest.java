package org.invoicelens.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerMemoryTest {

  @TempDir Path root;

  @Test
  void readsTheLimitOfVersionTwoWithoutCountingCache() throws Exception {
    write("proc/self/cgroup", "0::/app\n");
    write("sys/fs/cgroup/app/memory.max", "1000\n");
    write("sys/fs/cgroup/app/memory.current", "700\n");
    write("sys/fs/cgroup/app/memory.stat", "anon 300\ninactive_file 400\n");

    assertThat(ContainerMemory.read(root)).contains(new ContainerMemory(1000, 700));
  }

  @Test
  void aGroupAboveMayBeTighter() throws Exception {
    write("proc/self/cgroup", "0::/user/app\n");
    write("sys/fs/cgroup/user/app/memory.max", "max\n");
    write("sys/fs/cgroup/user/memory.max", "500\n");
    write("sys/fs/cgroup/user/memory.current", "100\n");
    write("sys/fs/cgroup/user/memory.stat", "anon 1\n");

    assertThat(ContainerMemory.read(root)).contains(new ContainerMemory(500, 400));
  }

  @Test
  void readsVersionOneWhereTheGroupIsNamedAsOutside() throws Exception {
    write("proc/self/cgroup", "9:cpu,memory:/docker/abc\n0::/\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "1000\n");
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", "1100\n");
    write("sys/fs/cgroup/memory/memory.stat", "total_inactive_file 0\n");

    assertThat(ContainerMemory.read(root)).contains(new ContainerMemory(1000, 0));
  }

  @Test
  void withoutALimitThereIsNone() throws Exception {
    assertThat(ContainerMemory.read(root)).isEmpty();

    write("proc/self/cgroup", "9:memory:/\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", "1\n");
    write("sys/fs/cgroup/memory/memory.stat", "\n");

    assertThat(ContainerMemory.read(root)).isEmpty();
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}

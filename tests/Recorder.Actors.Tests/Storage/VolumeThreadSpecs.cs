using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Storage;

namespace Recorder.Actors.Tests.Storage;

public sealed class VolumeThreadSpecs
{
    [Fact]
    public void A_disk_that_does_not_answer_may_do_so_after_the_end()
    {
        using var disk = new ManualResetEventSlim();
        using var written = new ManualResetEventSlim();
        using var volume = new VolumeThread("/", NullLogger.Instance, TimeSpan.FromMilliseconds(20));
        volume.Post(disk.Wait);
        volume.Post(written.Set);

        volume.Dispose();
        volume.Post(() => throw new InvalidOperationException("Nothing runs after the end."));
        disk.Set();
        written.Wait(TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    [Fact]
    public void What_comes_after_the_end_is_left_out()
    {
        var ran = false;
        var volume = new VolumeThread("/", NullLogger.Instance);
        volume.Dispose();

        Should.NotThrow(() => volume.Post(() => ran = true));
        ran.ShouldBeFalse();
    }
}

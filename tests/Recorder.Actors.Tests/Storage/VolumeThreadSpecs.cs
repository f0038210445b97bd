using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Storage;

namespace Recorder.Actors.Tests.Storage;

public sealed class VolumeThreadSpecs
{
    [Fact]
    public void A_disk_that_hangs_may_answer_after_the_volume_thread_ended()
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
    public void A_job_posted_after_the_end_is_discarded()
    {
        var ran = false;
        var volume = new VolumeThread("/", NullLogger.Instance);
        volume.Dispose();

        Should.NotThrow(() => volume.Post(() => ran = true));
        ran.ShouldBeFalse();
    }
}

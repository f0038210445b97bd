using System.Diagnostics;
using Recorder.Contracts;
using Xunit.Abstractions;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Recording;

/// <summary>A real volume that is full: a small tmpfs, which only root can mount.</summary>
public sealed class FullVolumeSpecs(ITestOutputHelper output) : RecorderSpecs
{
    [Fact]
    public void A_real_volume_that_is_full_and_has_space_again_leaves_a_gap_and_the_recording_continues()
    {
        var volume = Directory.CreateTempSubdirectory("recorder-full-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", volume) != 0)
        {
            output.WriteLine("skipped: a tmpfs cannot be mounted here; it takes root");
            Directory.Delete(volume);
            return;
        }

        try
        {
            Subscriber.IgnoreMessages(message => message is SourceChanged or BlobDurable);
            Create(new RecorderOptions { FragmentDuration = TimeSpan.FromMilliseconds(200) }, new RecordingTarget(volume));
            Start();
            Deliver(50);
            Subscriber.ExpectMsg<Started>();
            Tell(new RequestData(Id));
            var first = Subscriber.ExpectMsg<DataAvailable>().Data;
            AwaitCondition(() => File.Exists(Path.Combine(Path.GetDirectoryName(first.Path)!, "recording.json")));
            var filler = Path.Combine(volume, "filler");
            Fill(filler);
            Deliver(100);
            Subscriber.ExpectMsg<StorageChanged>().Status.ShouldBe(StorageStatus.Full);
            Deliver(50);
            File.Delete(filler);
            Subscriber.ExpectMsg<StorageChanged>().Status.ShouldBe(StorageStatus.Writing);
            Deliver(100);
            var gap = Subscriber.ExpectMsg<GapRecorded>();
            gap.Cause.ShouldBe(GapCause.DiskFull);
            gap.Packets.ShouldBeGreaterThan(0);
            Tell(new Stop(Id));
            var blob = Subscriber.ExpectMsg<DataAvailable>().Data;
            Subscriber.ExpectMsg<Stopped>().Reason.ShouldBe(StopReason.Requested);
            new FileInfo(blob.Path).Length.ShouldBe(blob.Offset + blob.Length);
        }
        finally
        {
            Run("umount", "-l", volume);
            Directory.Delete(volume);
        }
    }

    private static void Fill(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        var block = new byte[4096];
        try
        {
            for (long offset = 0; ; offset += block.Length)
                RandomAccess.Write(file, block, offset);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static int Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}

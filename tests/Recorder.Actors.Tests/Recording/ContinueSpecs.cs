using Recorder.Actors.Recording;
using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Reading;
using Recorder.Actors.Storage.Recovery;
using Recorder.Contracts;
using Recorder.Testing;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Recording;

/// <summary>A recording whose node ended continues when the node starts again.</summary>
public sealed class ContinueSpecs : IDisposable
{
    private static readonly TimeSpan Down = TimeSpan.FromSeconds(7);
    private static readonly RecorderOptions Options = new() { FragmentDuration = TimeSpan.FromMilliseconds(200) };

    private readonly string _root = Directory.CreateTempSubdirectory("recorder-continue-").FullName;
    private readonly RecorderWorld _before = new();
    private readonly RecorderWorld _after = new();
    private ScriptedSource _source = null!;
    private string _folder = "";

    public void Dispose()
    {
        _before.Dispose();
        _after.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void The_same_recording_continues_with_the_gap_in_its_ledger()
    {
        var (old, history) = Record(keep: true);
        var interrupted = history.Continue.ShouldNotBeNull();
        var recorder = Restart(history);

        recorder.Start(TimeSpan.FromSeconds(1));
        recorder.Status.Recording.ShouldBe(interrupted.Recording);
        _source.Emit(50);
        var gap = recorder.ExpectGap(GapCause.NodeDown);
        recorder.Stop();

        (gap.MediaTime, gap.Duration, gap.From, gap.To)
            .ShouldBe((interrupted.Duration, gap.To - gap.From, interrupted.EndedAt, recorder.Blobs[0].CapturedAt));
        gap.Duration.ShouldBeGreaterThan(TimeSpan.Zero);
        recorder.Events[0].Sequence.ShouldBe(history.LastSequence + 1);
        recorder.Events.OfType<Started>().ShouldBeEmpty();
        recorder.Blobs.Select(blob => (blob.Recording, blob.Number, blob.Extent, blob.MediaTime)).ShouldBe([
            (interrupted.Recording, interrupted.LastBlob + 1, 2, gap.MediaTime + gap.Duration),
            (interrupted.Recording, interrupted.LastBlob + 2, 2, gap.MediaTime + gap.Duration + TimeSpan.FromSeconds(1)),
        ]);
        var stop = recorder.Events.OfType<Stopped>().Single();
        (stop.Recording, stop.Reason, stop.Duration, stop.Bytes, stop.Blobs).ShouldBe((
            interrupted.Recording, StopReason.Requested, gap.MediaTime + gap.Duration + TimeSpan.FromSeconds(2),
            interrupted.Bytes + recorder.Blobs.Sum(blob => blob.Length), interrupted.LastBlob + 2));
        recorder.Status.Bytes.ShouldBe(stop.Bytes);

        Dump(_after);
        var content = RecordingReader.Open(_folder).Read();
        content.Blobs.Select(blob => blob.Number).ShouldBe(Enumerable.Range(1, old.Count + 2).Select(number => (long)number));
        content.Blobs.ShouldAllBe(blob => BlobBytes.Checksum(blob.Path, blob.Offset, blob.Length) == blob.Crc32C);
        content.Gaps.ShouldBe([gap with { Sequence = 0, At = gap.To }]);
        RecordingReader.Open(_folder).Description.StopReason.ShouldBe("Requested");
        RecordingReader.Open(_folder).Description.StartedAt.ShouldBe(interrupted.Recording.StartedAt!.Value);
    }

    [Fact]
    public void A_recorder_that_is_retired_with_its_recording_kept_has_all_media_on_disk_and_raises_no_stop()
    {
        var (blobs, history) = Record(keep: true);

        blobs.Sum(blob => blob.Duration.TotalSeconds).ShouldBe(2.4, tolerance: 0.05);
        RecordingReader.Open(_folder).Description.StopReason.ShouldBeNull();
        RecordingRecovery.Recover(RecordingLayout.At(_folder), toContinue: true).Repairs.ShouldNotContain(repair => repair.Contains("bytes"));
        history.Continue!.Duration.ShouldBe(blobs[^1].MediaTime + blobs[^1].Duration);
    }

    [Fact]
    public void A_recording_is_closed_and_another_begins_when_the_media_has_another_type()
    {
        var (_, history) = Record(keep: true);
        var recorder = Restart(history, ScriptedTrack.Video("vp8"), ScriptedTrack.Audio("opus"));

        recorder.Start();
        _source.Emit(30);

        var stop = recorder.ExpectStopped(StopReason.Crashed, history.Continue!.Duration);
        stop.Recording.ShouldBe(history.Continue.Recording);
        var started = recorder.ExpectStarted();
        started.Recording.Value.ShouldEndWith("-2");
        recorder.Status.Recording.ShouldBe(started.Recording);
        recorder.Stop();
        recorder.ExpectBlob(mediaTime: TimeSpan.Zero).Number.ShouldBe(1);
        recorder.ExpectStopped(StopReason.Requested);
        Dump(_after);
        var closed = StorageJson.ReadDescription(Path.Combine(_root, "recordings/cam", stop.Recording.Value, "recording.json"))!;
        (closed.StopReason, closed.MimeType, closed.Blobs).ShouldBe(("Crashed", history.Continue.MimeType, history.Continue.LastBlob));
    }

    [Fact]
    public void A_recording_that_is_stopped_before_it_continues_ends_as_it_was()
    {
        var (_, history) = Record(keep: true);
        var recorder = Restart(history);

        recorder.Start();
        recorder.Stop();

        recorder.ExpectBlob(mediaTime: history.Continue!.Duration, empty: true);
        var stop = recorder.ExpectStopped(StopReason.Requested, history.Continue.Duration);
        (stop.Recording, stop.Bytes, stop.Blobs).ShouldBe((history.Continue.Recording, history.Continue.Bytes, history.Continue.LastBlob));
        recorder.Start();
        recorder.Status.Recording!.Value.Value.ShouldEndWith("-2");
    }

    [Fact]
    public void Killed_again_and_again_it_is_one_recording()
    {
        var (_, history) = Record(keep: false);
        var recorder = Restart(history);
        recorder.Start(TimeSpan.FromSeconds(1));
        _source.Emit(60);
        recorder.Blobs.Count.ShouldBe(2);

        Dump(_after);
        var again = RecordingRecovery.Recover(RecordingLayout.At(_folder), toContinue: true).Interrupted.ShouldNotBeNull();
        (again.Recording, again.LastExtent).ShouldBe((history.Continue!.Recording, 2));
        again.Duration.ShouldBeGreaterThan(recorder.Blobs[^1].MediaTime + recorder.Blobs[^1].Duration);
        var all = RecordingReader.Open(_folder).Read().Blobs;
        all.Select(blob => blob.Number).ShouldBe(Enumerable.Range(1, all.Count).Select(number => (long)number));
        RecordingLayout.At(_folder).IndexSegments().Select(segment => segment.FirstExtent).ShouldBe([1, 2]);
    }

    private (IReadOnlyList<Blob> Blobs, RecorderHistory History) Record(bool keep)
    {
        var source = _before.Source();
        var recorder = _before.CreateRecorder(source, Options, "cam");
        recorder.Start(TimeSpan.FromSeconds(1));
        source.Emit(60);
        if (keep)
        {
            _before.Recorders.Tell(new RecordersActor.RetireAll(Keep: true), ActorRefs.NoSender);
            _before.Settle();
            recorder.Events.OfType<Stopped>().ShouldBeEmpty();
        }

        Dump(_before);
        var recovered = RecordingRecovery.Recover(RecordingLayout.At(_folder), toContinue: true);
        return (RecordingReader.Open(_folder).Read().Blobs, new RecorderHistory(recorder.Events[^1].Sequence, 1, recovered.Interrupted));
    }

    private TestRecorder Restart(RecorderHistory history, params ScriptedTrack[] tracks)
    {
        foreach (var path in Directory.EnumerateFiles(_folder))
            _after.Disk.Write("/" + Path.GetRelativePath(_root, path), File.ReadAllBytes(path));

        _after.Clock.Advance(Down);
        _source = _after.Source("camera", tracks);
        return _after.CreateRecorder(_source, Options, "cam", history: history);
    }

    private void Dump(RecorderWorld world)
    {
        foreach (var path in world.Disk.Paths)
        {
            var copy = Path.Combine(_root, path.TrimStart('/'));
            var folder = Path.GetDirectoryName(copy)!;
            Directory.CreateDirectory(folder);
            _folder = _folder.Length == 0 ? folder : _folder;
            File.WriteAllBytes(copy, world.Disk.Read(path));
        }
    }
}

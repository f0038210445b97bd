using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Recording;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Storage;

public sealed class RecordingStoreSpecs : TestKit
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-store-").FullName;
    private readonly RecordingId _recording = new("20260101T000000.000Z-1");
    private readonly RecordingLayout _layout;
    private readonly WriteBacklog _backlog = new();
    private readonly EventOutbox _outbox = new();
    private readonly InlineVolume _volume = new();
    private readonly RecordingStore _store;

    public RecordingStoreSpecs()
    {
        _layout = RecordingLayout.For(new RecordingTarget(_folder), new RecorderId("cam"), _recording);
        _store = new RecordingStore(_recording, _layout, ".mp4", _backlog, TestActor, _volume, Durability.Blob, NullLogger.Instance);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_partly_written_blob_is_as_long_as_its_stored_media()
    {
        Begin();
        Append("first ", TimeSpan.FromSeconds(0.25));
        Append("second", TimeSpan.FromSeconds(0.5));
        File.WriteAllText(_layout.Extent(2, ".mp4"), "stands in the way");
        _store.BeginExtent(2);
        ExpectMsg<StorageProtocol.WriteFailed>();
        Append("lost", TimeSpan.FromSeconds(0.75));
        EndBlob(1);

        var blob = ExpectMsg<StorageProtocol.BlobStored>().Blob.ShouldNotBeNull();
        (blob.Length, blob.Duration).ShouldBe((12, TimeSpan.FromSeconds(0.5)));
        Close().Stored.ShouldBe(new StoredRecording(TimeSpan.FromSeconds(0.5), 12, 1));
    }

    [Fact]
    public void A_failure_of_any_kind_is_a_write_failure_and_the_last_answer_still_comes()
    {
        Append("before any extent", TimeSpan.Zero);
        ExpectMsg<StorageProtocol.WriteFailed>();
        _store.Close(Description, End());
        ExpectMsg<StorageProtocol.Closed>().Error.ShouldNotBeNull();
    }

    [Fact]
    public void A_description_that_cannot_be_written_at_the_end_is_an_error_although_all_media_is_stored()
    {
        Begin();
        Append("media", TimeSpan.FromSeconds(1));
        EndBlob(1);
        ExpectMsg<StorageProtocol.BlobStored>();
        Directory.CreateDirectory(_layout.Description);

        _store.Close(Description, End());
        ExpectMsg<StorageProtocol.WriteFailed>();
        var closed = ExpectMsg<StorageProtocol.Closed>();
        closed.Error.ShouldNotBeNull();
        closed.Stored.Bytes.ShouldBe(5);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_recording_without_media_leaves_no_files(bool wasDiscarded)
    {
        Begin();
        _store.Describe(Description with { StopReason = null });
        if (wasDiscarded)
        {
            Append("secret", TimeSpan.FromSeconds(1));
            _store.Discard();
        }

        Close().Stored.ShouldBe(StoredRecording.Nothing);

        Directory.Exists(_layout.Folder).ShouldBeFalse();
    }

    [Fact]
    public void A_single_file_without_media_is_deleted()
    {
        var layout = RecordingLayout.For(new RecordingTarget(null, Path.Combine(_folder, "clip.mp4"), Overwrite: false), new RecorderId("cam"), _recording);
        File.WriteAllText(Path.Combine(_folder, "other"), "stays");
        var store = new RecordingStore(_recording, layout, ".mp4", _backlog, TestActor, _volume, Durability.Blob, NullLogger.Instance);
        store.BeginExtent(1);

        store.Close(Description, End());

        ExpectMsg<StorageProtocol.Closed>().Error.ShouldBeNull();
        Directory.GetFileSystemEntries(_folder).ShouldBe([Path.Combine(_folder, "other")]);
    }

    [Fact]
    public void The_backlog_counts_whole_segments_and_shrinks_even_after_failures()
    {
        var bytes = MediaBytes.CopyOf("a"u8);
        bytes.Held.ShouldBe(32 << 10);
        _backlog.Add(bytes.Held);
        _store.Append(bytes, TimeSpan.Zero);

        _backlog.Bytes.ShouldBe(0);
        ExpectMsg<StorageProtocol.WriteFailed>();
    }

    private RecordingDescription Description =>
        new() { Recorder = "cam", Recording = _recording.Value, Source = "test:", Node = "n", StartedAt = DateTimeOffset.UnixEpoch, StopReason = "Requested" };

    private void Begin() => _store.BeginExtent(1);

    private void Append(string text, TimeSpan reaches) =>
        _store.Append(MediaBytes.CopyOf(System.Text.Encoding.ASCII.GetBytes(text)), reaches);

    private void EndBlob(long number) =>
        _store.EndBlob(
            new BlobMark(_recording, number, "video/mp4", TimeSpan.FromSeconds(number - 1), TimeSpan.FromSeconds(1), DateTimeOffset.UnixEpoch, Key: true),
            _outbox.Reserve());

    private StorageProtocol.Closed Close()
    {
        _store.Close(Description, End());
        return ExpectMsg<StorageProtocol.Closed>();
    }

    private RecordingEnd End() => new(_recording, StopReason.Requested, null, _outbox.Reserve());
}

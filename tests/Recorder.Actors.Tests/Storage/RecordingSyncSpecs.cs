using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Recording;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Storage;

/// <summary>Sync rounds of a volume on a real disk.</summary>
public sealed class RecordingSyncSpecs : TestKit
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-sync-").FullName;
    private readonly RecordingId _recording = new("20260101T000000.000Z-1");
    private readonly EventOutbox _outbox = new();

    protected override void AfterAll()
    {
        base.AfterAll();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_round_makes_all_recordings_durable_and_reports_to_each()
    {
        var volume = new InlineVolume();
        var stores = Enumerable.Range(1, 3).Select(number => Begin(volume, $"cam{number}", Durability.Interval)).ToList();
        stores.ForEach(store => Blob(store, 1));
        ReceiveN(3);
        volume.Round().ShouldBe(3);
        ReceiveN(3).ShouldAllBe(message => message.Equals(new StorageProtocol.Durable(_recording, 1)));
        volume.Round().ShouldBe(0);
        Blob(stores[0], 2);
        ExpectMsg<StorageProtocol.BlobStored>();
        volume.Round().ShouldBe(1);
        ExpectMsg<StorageProtocol.Durable>().Through.ShouldBe(2);
        stores.ForEach(store => store.Abandon());
    }

    [Fact]
    public void A_steady_round_allocates_next_to_nothing()
    {
        var volume = new InlineVolume();
        var store = Begin(volume, "cam", Durability.Interval);
        for (var warm = 0; warm < 3; warm++)
        {
            Append(store);
            volume.Round();
        }

        Append(store);
        var before = GC.GetAllocatedBytesForCurrentThread();
        volume.Round();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1024);
        store.Abandon();
    }

    [Fact]
    public void Writes_go_on_while_a_round_waits_for_stable_storage()
    {
        using var held = new WaitingDisk();
        using var volume = new VolumeThread("test", NullLogger.Instance) { Disk = held };
        var store = Begin(volume, "cam", Durability.Blob);
        Blob(store, 1);
        ExpectMsg<StorageProtocol.BlobStored>();
        held.Flushing.Wait(TimeSpan.FromSeconds(5)).ShouldBeTrue();

        Blob(store, 2);
        ExpectMsg<StorageProtocol.BlobStored>().Blob!.Number.ShouldBe(2);
        held.Release.Set();
        ExpectMsg<StorageProtocol.Durable>().Through.ShouldBe(1);
        ExpectMsg<StorageProtocol.Durable>().Through.ShouldBe(2);
        store.Abandon();
    }

    [Fact]
    public void A_flush_that_the_system_refuses_is_a_failure_that_names_the_path()
    {
        // A file descriptor that is not open.
        using var broken = new Microsoft.Win32.SafeHandles.SafeFileHandle(new IntPtr(100_000), ownsHandle: false);
        Should.Throw<IOException>(() => FileSync.Flush(broken, "/gone")).Message.ShouldContain("/gone");
        Should.Throw<IOException>(() => FileSync.FlushFolder("/no/such/folder")).Message.ShouldContain("/no/such/folder");
        FileSync.FlushFolder(_folder);
    }

    private RecordingStore Begin(IVolume volume, string recorder, Durability durability)
    {
        var layout = RecordingLayout.For(new RecordingTarget(_folder), new RecorderId(recorder), _recording);
        var store = new RecordingStore(
            _recording, layout, ".mp4", new WriteBacklog(), TestActor, volume, durability, NullLogger.Instance);
        store.BeginExtent(1);
        return store;
    }

    private static void Append(RecordingStore store) =>
        store.Append(MediaBytes.CopyOf("media"u8), TimeSpan.FromSeconds(1));

    private void Blob(RecordingStore store, long number)
    {
        Append(store);
        store.EndBlob(
            new BlobMark(_recording, number, "video/mp4", TimeSpan.Zero, TimeSpan.FromSeconds(1), DateTimeOffset.UnixEpoch, Key: true),
            _outbox.Reserve());
    }

    /// <summary>This machine's disk, whose flushes wait until the spec releases them.</summary>
    private sealed class WaitingDisk : IDisk, IDisposable
    {
        public ManualResetEventSlim Flushing { get; } = new();

        public ManualResetEventSlim Release { get; } = new();

        public void CreateFolder(string path) => LocalDisk.Instance.CreateFolder(path);

        public bool Exists(string path) => LocalDisk.Instance.Exists(path);

        public IDiskFile Create(string path, bool overwrite) => new WaitingFile(LocalDisk.Instance.Create(path, overwrite), this);

        public void Replace(string path, ReadOnlySpan<byte> content) => LocalDisk.Instance.Replace(path, content);

        public void Remove(IReadOnlyList<string> files, string? folder) => LocalDisk.Instance.Remove(files, folder);

        public long FreeBytes(string folder) => LocalDisk.Instance.FreeBytes(folder);

        public void FlushFolder(string path) => LocalDisk.Instance.FlushFolder(path);

        public void Dispose()
        {
            Release.Set();
            Flushing.Dispose();
            Release.Dispose();
        }

        private sealed class WaitingFile(IDiskFile file, WaitingDisk disk) : IDiskFile
        {
            public void Write(IReadOnlyList<ReadOnlyMemory<byte>> segments, long offset) => file.Write(segments, offset);

            public void Write(ReadOnlySpan<byte> bytes, long offset) => file.Write(bytes, offset);

            public int Read(Span<byte> into, long offset) => file.Read(into, offset);

            public void SetLength(long length) => file.SetLength(length);

            public void BeginFlush() => file.BeginFlush();

            public void Flush()
            {
                disk.Flushing.Set();
                disk.Release.Wait();
                file.Flush();
            }

            public void Dispose() => file.Dispose();
        }
    }
}

using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Secrets;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Catalogue;

/// <summary>A catalogue in a temporary file, and events of recorders to enter in it.</summary>
public abstract class CatalogueFile : IAsyncLifetime
{
    protected static readonly RecorderId Cam = new("cam");
    protected static readonly RecordingId First = new("20260101T000000.000Z-1");
    protected static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-catalogue-").FullName;

    protected string Root => System.IO.Path.Combine(_folder, "recordings");

    protected string Database => System.IO.Path.Combine(_folder, "catalogue.db");

    private protected SqlCatalogue Catalogue { get; private set; } = null!;

    private protected CatalogueOptions Options { get; init; } = new();

    public async Task InitializeAsync() => Catalogue = await OpenAsync();

    public async Task DisposeAsync()
    {
        await Catalogue.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private protected Task<SqlCatalogue> OpenAsync(string? copy = null, CatalogueOptions? options = null) =>
        SqlCatalogue.OpenAsync(new SqliteDatabase(copy ?? Database), (options ?? Options) with { Root = Root }, NoCipher.Instance, default);

    private protected async Task ReopenAsync(CatalogueOptions? options = null)
    {
        await Catalogue.DisposeAsync();
        Catalogue = await OpenAsync(options: options);
    }

    /// <summary>Opens a copy of the present files, as a kill or a power cut would leave them.</summary>
    private protected async Task<SqlCatalogue> OpenAsKilledAsync()
    {
        var copy = System.IO.Path.Combine(_folder, "killed.db");
        foreach (var suffix in new[] { "", "-wal" })
            File.Copy(Database + suffix, copy + suffix, overwrite: true);

        return await OpenAsync(copy);
    }

    protected Task AppendAsync(params IEnumerable<IEvent> events) => Catalogue.Journal.AppendAsync([.. events], null, default);

    protected static Started Start(long sequence, RecorderId? recorder = null, RecordingId? recording = null) =>
        new(recorder ?? Cam, sequence, T0, recording ?? First, "video/mp4");

    /// <summary>A blob of one second and a hundred bytes; an extent has ten.</summary>
    protected DataAvailable Data(long sequence, long number, RecorderId? recorder = null, RecordingId? recording = null)
    {
        var time = TimeSpan.FromSeconds(number - 1);
        var extent = (int)((number - 1) / 10) + 1;
        var (of, into) = (recorder ?? Cam, recording ?? First);
        return new DataAvailable(
            of, sequence, T0 + time + TimeSpan.FromSeconds(1),
            new Blob
            {
                Recording = into,
                Number = number,
                Extent = extent,
                Path = System.IO.Path.Combine(Root, of.Value, into.Value, $"{extent:D6}.mp4"),
                Offset = (number - 1) % 10 * 100,
                Length = 100,
                Type = "video/mp4",
                MediaTime = time,
                Duration = TimeSpan.FromSeconds(1),
                CapturedAt = T0 + time,
                StartsWithKeyFrame = true,
                Crc32C = 1,
            },
            time);
    }

    protected static Stopped Stop(long sequence, StopReason reason = StopReason.Requested, TimeSpan at = default) =>
        new(Cam, sequence, T0 + at, First, reason) { Duration = TimeSpan.FromSeconds(25), Bytes = 2500, Blobs = 25 };

    protected static GapRecorded Gap(long sequence, double at) => new(Cam, sequence, T0, First, GapCause.SourceLost)
    {
        MediaTime = TimeSpan.FromSeconds(at),
        Duration = TimeSpan.FromSeconds(2),
        From = T0 + TimeSpan.FromSeconds(at),
        To = T0 + TimeSpan.FromSeconds(at + 2),
        Packets = 50,
        Detail = "The camera was away.",
    };

    private protected static RecordingKey Key(RecorderId? recorder = null, RecordingId? recording = null) => new(recorder ?? Cam, recording ?? First);
}

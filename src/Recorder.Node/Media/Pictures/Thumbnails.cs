using Microsoft.Extensions.Caching.Memory;
using Recorder.Media.Codecs;
using Recorder.Media.Export;

namespace Recorder.Node.Media;

/// <summary>The small picture of a key frame.</summary>
/// <param name="Key">The recording.</param>
/// <param name="From">The key frame at which its media begins.</param>
/// <param name="At">The moment, if later key frames have to be looked for; 0 if not.</param>
/// <param name="Width">Pixels.</param>
internal readonly record struct ThumbnailKey(string Key, TimeSpan From, TimeSpan At, int Width)
{
    public static ThumbnailKey Of(PlayedRecording recording, PicturePlan plan, int width) =>
        new(recording.Key.ToString(), plan.Media.From, plan.HasOneKeyFrame ? TimeSpan.Zero : plan.At, width);

    /// <summary>The entity tag, without quotes: what has the same tag shows the same frame.</summary>
    public string Tag => string.Create(CultureInfo.InvariantCulture, $"{From.Ticks:x}-{At.Ticks:x}-{Width}");
}

/// <summary>Decodes single key frames, and keeps the pictures that were made last.</summary>
internal sealed class Thumbnails(IMediaCodecs codecs, ServeOptions options) : IDisposable
{
    public const int Most = 2;

    private const long KeptBytes = 32 << 20;

    private readonly PictureQueue _queue = new("thumbnails", Most, mostWaiting: 256);
    private readonly MemoryCache _kept = new(new MemoryCacheOptions { SizeLimit = KeptBytes });
    private long _taken;

    /// <summary>How many frames were decoded.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    public async Task<RecordedPicture?> TakeAsync(ThumbnailKey key, PicturePlan plan, CancellationToken cancellationToken) =>
        Find(key) ?? await _queue.RunAsync(bound => Find(key) ?? Take(key, plan, bound), cancellationToken);

    public void Dispose()
    {
        _queue.Dispose();
        _kept.Dispose();
    }

    private RecordedPicture? Find(ThumbnailKey key) => _kept.Get<RecordedPicture>(key);

    private RecordedPicture? Take(ThumbnailKey key, PicturePlan plan, CancellationToken cancellationToken)
    {
        var picture = RecordedPicture.TakeKeyFrame(
            plan.Media.Within(options.Limits), plan.At, plan.HasOneKeyFrame, key.Width, codecs, cancellationToken);
        Interlocked.Increment(ref _taken);
        if (picture is not null)
            _kept.Set(key, picture, new MemoryCacheEntryOptions { Size = picture.Jpeg.Length });

        return picture;
    }
}

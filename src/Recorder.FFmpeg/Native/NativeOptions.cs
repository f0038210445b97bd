using System.Globalization;
using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>An AVDictionary of options for one call. FFmpeg removes the options that it used.</summary>
internal sealed unsafe class NativeOptions : IDisposable
{
    /// <summary>The address of the dictionary's pointer, which FFmpeg changes.</summary>
    public AVDictionary** Address { get; } = (AVDictionary**)NativeMemory.AllocZeroed((nuint)sizeof(AVDictionary*));

    public void Set(string key, string value) => NativeError.Check(ffmpeg.av_dict_set(Address, key, value, 0), $"Option {key}");

    public void Set(string key, long value) => Set(key, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>The names of the remaining options: after a call, those that FFmpeg did not recognize.</summary>
    public List<string> Keys()
    {
        var keys = new List<string>();
        AVDictionaryEntry* entry = null;
        while ((entry = ffmpeg.av_dict_get(*Address, "", entry, ffmpeg.AV_DICT_IGNORE_SUFFIX)) != null)
            keys.Add(Marshal.PtrToStringUTF8((nint)entry->key)!);
        return keys;
    }

    public void Dispose()
    {
        ffmpeg.av_dict_free(Address);
        NativeMemory.Free(Address);
    }
}

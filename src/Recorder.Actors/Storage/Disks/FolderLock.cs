using System.Globalization;

namespace Recorder.Actors.Storage;

/// <summary>Locks a data folder until it is disposed of or the process ends, even by a crash.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Throws <see cref="IOException"/> if another node has locked it; the message says what to do.</summary>
    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(Path.GetFullPath(folder), "node.lock");
        try
        {
            // The file system releases the lock when the process ends; the process id in the file is for people.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            file.Flush();
            return new FolderLock(file);
        }
        catch (IOException taken) when (File.Exists(path))
        {
            throw new IOException(
                $"The data folder '{folder}' is used by another node, or cannot be locked ({taken.Message}); stop that node, or choose another " +
                "folder.",
                taken);
        }
    }

    public void Dispose() => _file.Dispose();
}

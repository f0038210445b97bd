using System.Globalization;

namespace Recorder.Actors.Storage;

/// <summary>Locks a data folder until it is disposed of or the process ends, even by a crash.</summary>
internal sealed class FolderLock(FileStream file) : IDisposable
{
    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(Path.GetFullPath(folder), "node.lock");
        try
        {
            // The file system releases the lock when the process ends; the process id in the file is for people.
            var locked = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            locked.SetLength(0);
            locked.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            locked.Flush();
            return new FolderLock(locked);
        }
        catch (IOException taken) when (File.Exists(path))
        {
            throw new IOException(
                $"The data folder '{folder}' is used by another node, or cannot be locked ({taken.Message}); stop that node, or choose another " +
                "folder.",
                taken);
        }
    }

    public void Dispose() => file.Dispose();
}

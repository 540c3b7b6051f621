import "./panel.css";
document.title = 'x';
